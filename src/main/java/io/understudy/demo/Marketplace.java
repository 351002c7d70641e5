package io.understudy.demo;

import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.Session;
import io.understudy.postgres.Sql;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * The rental marketplace of field note A. Production has rows and a trigger that works; staging has the same schema, a
 * few rows of an earlier import, and the trap in which the real import was caught.
 */
final class Marketplace {

    /** Takes 2 to 4 s; a machine that is busy with a build needs several times that. */
    private static final Duration LOAD_LIMIT = Duration.ofMinutes(5);

    private Marketplace() {}

    /** @param progress told the name of each table after its rows are in */
    static long loadProduction(PostgresClient production, Consumer<String> progress) {
        return production.with(session -> {
            inTransaction(session, Sql.file(Marketplace.class, "schema.sql"));
            inTransaction(session, Sql.file(Marketplace.class, "trigger.sql"));
            for (SqlSection section : SqlSection.of("production.sql")) {
                inTransaction(session, section.sql());
                progress.accept(section.title());
            }
            // The mirror's progress is measured against the planner's estimates.
            session.run("analyze", LOAD_LIMIT, "analyzing the marketplace");
            return rows(session);
        });
    }

    /** The trigger comes last, so that it has never fired in staging when the mirror begins. */
    static long loadStaging(PostgresClient staging) {
        return staging.with(session -> {
            inTransaction(session, Sql.file(Marketplace.class, "schema.sql"));
            inTransaction(session, Sql.file(Marketplace.class, "staging.sql"));
            inTransaction(session, Sql.file(Marketplace.class, "trigger.sql"));
            session.run("analyze", LOAD_LIMIT, "analyzing the marketplace");
            return rows(session);
        });
    }

    private static void inTransaction(Session session, String sql) {
        session.transaction("begin", begun -> begun.run(sql, LOAD_LIMIT, "loading the marketplace"));
    }

    /** Exact right after {@code analyze} for tables of this size: it reads every page. */
    private static long rows(Session session) {
        RowSet<Row> counted = session.query(
                "select sum(reltuples)::bigint from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace");
        return counted.iterator().next().getLong(0);
    }

    /** How often the trigger's function was called, counted by the server. */
    static long triggerCalls(PostgresClient client) {
        return client.query("""
                        select coalesce(sum(calls), 0)::bigint as calls
                          from pg_stat_user_functions where funcname = 'trigger_listing_sync_queue'
                        """).iterator().next().getLong("calls");
    }
}
