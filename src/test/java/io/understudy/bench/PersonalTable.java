package io.understudy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.Database;
import java.util.Map;

/** One table of twenty columns, three of them personal, 250 bytes a row. */
record PersonalTable(long rows) {

    static final String PLAIN = "Understudy, nothing masked";
    static final String MASKED = "Understudy, 3 of 20 masked";

    static final Map<String, String> MASKS = Map.of(
            "UNDERSTUDY_MASKING_SECRET", "the secret of a benchmark",
            "UNDERSTUDY_MASKING_UNLISTED", "keep",
            "UNDERSTUDY_MASKING_RULES", "person.email=email; person.full_name=name; person.phone=phone");

    private static final String KEPT =
            "id, account_id, state, plan, locale, city, country, created_at, updated_at, born, "
                    + "balance, score, visits, is_active, is_paying, token, settings";

    void create(Database database) {
        database.run("create table person (id bigint primary key, account_id bigint not null, email text not null, "
                + "full_name text not null, phone text, state text, plan text, locale text, city text, country text, "
                + "created_at timestamptz, updated_at timestamptz, born date, balance numeric(12,2), score double precision, "
                + "visits int, is_active boolean, is_paying boolean, token uuid, settings jsonb)");
    }

    void fill(Database database) {
        database.run(
                "insert into person select g, g % 5000, 'person.' || g || '@real.test', 'First' || g % 900 || ' Last' || g % 7000, "
                        + "'+49 30 ' || g, (array['new', 'known', 'gone'])[1 + g % 3], 'plan ' || g % 5, 'de_DE', 'city ' || g % 300, "
                        + "'Germany', timestamptz '2025-01-01Z' + g * interval '1 second', timestamptz '2025-06-01Z' + g * interval "
                        + "'1 second', date '1950-01-01' + (g % 20000)::int, (g % 90000) / 100.0, random(), (g % 900)::int, g % 2 = 0, "
                        + "g % 7 = 0, md5(g::text)::uuid, jsonb_build_object('a', g % 9, 'b', g % 2 = 0) "
                        + "from generate_series(1, " + rows + ") g",
                "vacuum (freeze, analyze)");
    }

    void assertCopied(Database production, Database staging, boolean masked) {
        String columns = masked ? KEPT : KEPT + ", email, full_name, phone";
        String digest = "select count(*) || ' ' || sum(hashtextextended(row(" + columns + ")::text, 0)) from person";
        assertThat(staging.value(digest)).isEqualTo(production.value(digest));
        String raw = "select count(*) from person where email ~ '@real.test' or full_name ~ '[0-9]'";
        assertThat(staging.count(raw)).isEqualTo(masked ? 0 : rows);
    }
}
