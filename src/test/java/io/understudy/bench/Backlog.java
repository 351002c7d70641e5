package io.understudy.bench;

import io.understudy.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The changes that pile up while nobody applies them: many inserts in few transactions, and many small transactions.
 */
final class Backlog {

    static final String EVENT = """
            create table event (id bigint primary key, account_id int not null, kind smallint not null, title text not null,
                body text, amount numeric(12,2) not null, paid boolean not null, payload jsonb not null, reference uuid not null,
                score double precision not null, day date not null, created_at timestamptz not null)
            """;
    private static final List<String> SCHEMA = List.of(
            EVENT,
            "create table account (id bigint primary key, name text not null, balance numeric(12,2) not null, "
                    + "version int not null default 0, changed_at timestamptz not null default now())",
            "create table movement (id bigint primary key, account_id bigint not null, amount numeric(12,2) not null, "
                    + "note text, booked_at timestamptz not null default now())");

    private static final long ACCOUNTS = 50_000;
    private static final long TRANSACTION_INSERTS = 10_000;

    private final Database source;
    private final long inserts;
    private final long transactions;
    private long events;
    private long movements;

    Backlog(Database source, long inserts, long transactions) {
        this.source = source;
        this.inserts = inserts / TRANSACTION_INSERTS * TRANSACTION_INSERTS;
        this.transactions = transactions;
    }

    static void create(Database database) {
        SCHEMA.forEach(database::run);
    }

    void fillAccounts() {
        source.run(
                "insert into account select g, 'account ' || g, g % 1000 from generate_series(1, " + ACCOUNTS + ") g",
                "vacuum (freeze, analyze) account");
    }

    /** The rows of an insert, for the ids from first to last. */
    static String events(String first, String last) {
        return "select g, (g * 7919 % 50000)::int, (g % 12)::smallint, 'event ' || g || ' ' || md5(g::text), "
                + "repeat(md5((g * 3)::text), (g % 3)::int), (g % 1000000) / 100.0, g % 3 = 0, "
                + "jsonb_build_object('from', 'web', 'n', g, 'tags', jsonb_build_array('a', g % 7)), md5(g || 'r')::uuid, sqrt(g), "
                + "date '2024-01-01' + (g % 900)::int, timestamptz '2024-01-01 00:00:00Z' + g * interval '1 second' "
                + "from generate_series((" + first + ")::bigint, (" + last + ")::bigint) g";
    }

    /**
     * Adds one, and then one small transaction as its end.
     *
     * @return a position inside that last transaction: who is past it has applied everything
     */
    String produce() throws SQLException {
        return produce(1);
    }

    /** @param share of the whole */
    String produce(double share) throws SQLException {
        long inserts = Math.round(this.inserts * share) / TRANSACTION_INSERTS * TRANSACTION_INSERTS;
        long transactions = Math.round(this.transactions * share);
        source.run(
                // The log is the same; only its making waits less. The last transaction below makes all of it durable.
                "set synchronous_commit = off",
                manyInserts(inserts),
                // The block's plans are made once, while the tables are still empty: without this, to scan them.
                "set enable_seqscan = off",
                smallTransactions(transactions));
        events += inserts;
        movements += 2 * transactions;
        try (Connection connection = source.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("begin");
            statement.execute("update account set version = version + 1 where id = 1");
            String position = Database.column(connection, "select pg_current_wal_insert_lsn()")
                    .get(0);
            statement.execute("commit");
            return position;
        }
    }

    private String manyInserts(long inserts) {
        String first = events + " + i * " + TRANSACTION_INSERTS + " + 1";
        String last = events + " + (i + 1) * " + TRANSACTION_INSERTS;
        return "do $$ begin for i in 0 .. " + (inserts / TRANSACTION_INSERTS - 1) + " loop insert into event "
                + events(first, last) + "; commit; end loop; end $$";
    }

    /** Two inserts, an update, and in turn an update or a delete by key. */
    private String smallTransactions(long transactions) {
        return """
                do $$
                declare first bigint := %d;
                begin
                    for i in 1 .. %d loop
                        insert into movement (id, account_id, amount, note) values (first + 2 * i - 1, i %% 50000 + 1, i %% 977, 'out');
                        insert into movement (id, account_id, amount, note) values (first + 2 * i, i %% 49999 + 1, i %% 977, 'in');
                        update account set balance = balance - i %% 977, version = version + 1, changed_at = now()
                         where id = i * 7919::bigint %% 50000 + 1;
                        if i %% 2 = 0 then
                            update account set balance = balance + i %% 977, version = version + 1, changed_at = now()
                             where id = i * 104729::bigint %% 50000 + 1;
                        else
                            delete from movement where id = first + i;
                        end if;
                        commit;
                    end loop;
                end $$
                """.formatted(movements, transactions);
    }

    /** Rows that were written: two inserts, two more by key, and the last transaction's one. */
    long changes() {
        return inserts + 4 * transactions + 1;
    }
}
