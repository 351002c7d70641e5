package io.understudy.demo;

import io.understudy.postgres.Lsn;
import io.understudy.postgres.PostgresClient;

/** The end of what was written to production so far. */
final class LastChange {

    private LastChange() {}

    /** To be called when nobody writes any more. */
    static Lsn of(PostgresClient production) {
        // The insert position, not the one that was written out: these servers commit asynchronously, and the last
        // commits may
        // still be in memory.
        String position = production
                .query("select pg_current_wal_insert_lsn()::text as lsn")
                .iterator()
                .next()
                .getString("lsn");
        // Positions are reached by commits. This one changes nothing, pushes the earlier ones to disk, and lies behind
        // them:
        // without it a mirror would wait for the next commit of a production that has gone to sleep.
        production.transaction(session -> {
            session.query("set local synchronous_commit = on");
            session.query("update public.sync_config set enabled = enabled where supabase_table = 'listing'");
            return null;
        });
        return Lsn.parse(position);
    }
}
