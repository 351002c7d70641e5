package io.understudy.bench;

import io.understudy.Database;
import java.util.List;

/** What the initial copy has to carry: one large table of every usual type and three smaller ones, 200 bytes a row. */
record CopyTables(long rows) {

    /** In which the rows are dealt out: 12 to the large table, 4, 3 and 1 to the others. */
    private static final int UNITS = 20;

    CopyTables {
        rows = Math.max(rows / UNITS, 1) * UNITS;
    }

    private static final List<String> SCHEMA = List.of(
            Backlog.EVENT,
            "create index on event (account_id, created_at)",
            "create table booking (id bigint primary key, event_id bigint not null, guest text not null, price numeric(12,2), "
                    + "starts date not null, ends date not null, state text not null, created_at timestamptz not null)",
            "create table message (id bigint primary key, booking_id bigint not null, body text not null, sent_at timestamptz)",
            "create table setting (account_id bigint, name text, value jsonb, primary key (account_id, name))");

    static void create(Database database) {
        SCHEMA.forEach(database::run);
    }

    void fill(Database database) {
        long unit = rows / UNITS;
        database.run(
                "insert into event " + Backlog.events("1", String.valueOf(12 * unit)),
                "insert into booking select g, g * 2, 'guest ' || md5(g::text), (g % 90000) / 100.0, date '2025-01-01' + (g % 700)::int, "
                        + "date '2025-01-03' + (g % 700)::int, (array['asked', 'agreed', 'paid', 'over'])[1 + g % 4], "
                        + "timestamptz '2025-01-01 00:00:00Z' + g * interval '7 seconds' from generate_series(1, "
                        + 4 * unit + ") g",
                "insert into message select g, g % 300000, repeat(md5(g::text) || ' ', (2 + g % 8)::int), "
                        + "timestamptz '2025-01-01 00:00:00Z' + g * interval '5 seconds' from generate_series(1, "
                        + 3 * unit + ") g",
                "insert into setting select g / 4, 'name ' || g % 4, jsonb_build_object('on', g % 2 = 0, 'level', g % 9) "
                        + "from generate_series(1, " + unit + ") g",
                // Neither hints nor statistics are for the first reader to make.
                "vacuum (freeze, analyze)");
    }
}
