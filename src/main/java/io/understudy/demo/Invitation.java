package io.understudy.demo;

import io.understudy.postgres.DatabaseUrl;

/** Where to look while it runs. */
final class Invitation {

    private Invitation() {}

    static String text(DatabaseUrl production, DatabaseUrl staging, String healthUrl) {
        return """

                  Look inside:
                    production   psql '%s'
                    staging      psql '%s'
                    health       curl %s
                """.formatted(psql(production), psql(staging), healthUrl);
    }

    /** The servers of the demo know no password, so that nothing secret is printed. */
    static String psql(DatabaseUrl url) {
        return url + "?sslmode=" + url.sslMode().text();
    }
}
