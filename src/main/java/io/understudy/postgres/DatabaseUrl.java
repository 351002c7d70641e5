package io.understudy.postgres;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a database is and who we are there: {@code postgresql://user:password@host:port/database?sslmode=require}, as
 * psql takes it. Prints itself without the password.
 */
public record DatabaseUrl(
        String host,
        int port,
        String database,
        String user,
        Optional<String> password,
        SslMode sslMode,
        Optional<String> sslRootCert) {

    public enum SslMode {
        DISABLE,
        ALLOW,
        PREFER,
        REQUIRE,
        VERIFY_CA,
        VERIFY_FULL;

        public String text() {
            return name().toLowerCase().replace('_', '-');
        }
    }

    private static final Pattern SHAPE = Pattern.compile("postgres(?:ql)?://"
            + "(?:(?<user>[^:@/?]*)(?::(?<password>[^@/?]*))?@)?"
            + "(?<host>\\[[^\\]]+\\]|[^:@/?,]*)(?::(?<port>[0-9]+))?"
            + "(?:/(?<database>[^?]*))?(?:\\?(?<query>.*))?");
    private static final String EXAMPLE = "postgresql://user:password@host:5432/database?sslmode=require";

    /** @throws IllegalArgumentException saying what is wrong, never repeating the password */
    public static DatabaseUrl parse(String text) {
        if (text.startsWith("jdbc:")) {
            throw new IllegalArgumentException("is a JDBC URL; write it as psql takes it: " + EXAMPLE);
        }
        Matcher matcher = SHAPE.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("is not a Postgres URL; one looks like " + EXAMPLE
                    + " (in a password, write @ as %40, : as %3A, / as %2F, ? as %3F)");
        }
        Map<String, String> query = query(matcher.group("query"));
        String user = decoded(matcher.group("user"))
                .or(() -> Optional.ofNullable(query.remove("user")))
                .orElseThrow(() -> new IllegalArgumentException("names no user; one looks like " + EXAMPLE));
        Optional<String> password =
                decoded(matcher.group("password")).or(() -> Optional.ofNullable(query.remove("password")));
        String host = decoded(matcher.group("host")).orElse("localhost").replaceAll("[\\[\\]]", "");
        int port = matcher.group("port") == null ? 5432 : port(matcher.group("port"));
        String database = decoded(matcher.group("database")).orElse(user);
        SslMode sslMode = sslMode(Optional.ofNullable(query.remove("sslmode")).orElse("prefer"));
        Optional<String> sslRootCert = Optional.ofNullable(query.remove("sslrootcert"));
        if (!query.isEmpty()) {
            throw new IllegalArgumentException("has the parameter \""
                    + query.keySet().iterator().next() + "\", which is not known; known are sslmode and sslrootcert");
        }
        return new DatabaseUrl(host, port, database, user, password, sslMode, sslRootCert);
    }

    private static Map<String, String> query(String text) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (text != null && !text.isEmpty()) {
            for (String pair : text.split("&")) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                parameters.put(
                        name,
                        equals < 0 ? "" : decoded(pair.substring(equals + 1)).orElse(""));
            }
        }
        return parameters;
    }

    private static Optional<String> decoded(String part) {
        // A + is a plus sign in a URL of libpq, not a space.
        if (part == null || part.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            // The decoder's own message repeats what it could not decode, which may be of the password.
            throw new IllegalArgumentException(
                    "has a % that is not followed by two hexadecimal digits; write % itself as %25");
        }
    }

    private static int port(String text) {
        if (text.length() > 5 || Integer.parseInt(text) > 65535 || Integer.parseInt(text) < 1) {
            throw new IllegalArgumentException("has the port " + text + "; a port is 1 to 65535");
        }
        return Integer.parseInt(text);
    }

    private static SslMode sslMode(String text) {
        for (SslMode mode : SslMode.values()) {
            if (mode.text().equals(text)) {
                return mode;
            }
        }
        throw new IllegalArgumentException("has sslmode=" + text + "; known are "
                + String.join(
                        ", ",
                        List.of(SslMode.values()).stream().map(SslMode::text).toList()));
    }

    /** host:port/database, the name by which messages call it. */
    public String place() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port + "/" + database;
    }

    @Override
    public String toString() {
        return "postgresql://" + user + "@" + place();
    }
}
