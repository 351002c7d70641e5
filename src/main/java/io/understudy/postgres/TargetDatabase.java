package io.understudy.postgres;

import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Staging. Written to only after it was adopted for this mirror and this source, in sessions in which triggers, rules
 * and foreign keys are silent (field note A1).
 */
public final class TargetDatabase implements AutoCloseable {

    /**
     * Silences triggers, rules and foreign-key checks for this transaction only: nothing is left behind in a pooled
     * session.
     */
    public static final String SILENT = "set local session_replication_role = replica";

    /** The mark on a target: for which mirror of which source it was adopted. */
    public record Adoption(SourceDatabase.Identity source, String sourcePlace) {}

    private final DatabaseUrl url;
    private final String mirror;
    private final PostgresClient client;

    private TargetDatabase(DatabaseUrl url, String mirror, PostgresClient client) {
        this.url = url;
        this.mirror = mirror;
        this.client = client;
    }

    public static TargetDatabase open(Vertx vertx, DatabaseUrl url, String mirror) {
        // One applies, one holds the mirror's lock, one levels sequences, one answers questions; two more may take
        // long:
        // one empties tables that are copied again, one makes an index that the source has.
        return new TargetDatabase(url, mirror, PostgresClient.open(vertx, url, settings(mirror), 8));
    }

    private static SessionSettings settings(String mirror) {
        return new SessionSettings("understudy: " + mirror, false);
    }

    public PostgresClient client() {
        return client;
    }

    public DatabaseUrl url() {
        return url;
    }

    public Connection openCopySession() {
        return JdbcSessions.open(url, settings(mirror));
    }

    public boolean hasOurSchema() {
        return client.query("select to_regclass('understudy.service') is not null as there")
                .iterator()
                .next()
                .getBoolean("there");
    }

    public boolean mayCreateOurSchema() {
        return client.query("select has_database_privilege(current_database(), 'create') as may")
                .iterator()
                .next()
                .getBoolean("may");
    }

    /** Whether {@code database} was adopted as a target of this one: then the two are the wrong way round. */
    public boolean feeds(PostgresClient database) {
        boolean ours = database.query("select to_regclass('understudy.adoption') is not null as there")
                .iterator()
                .next()
                .getBoolean("there");
        SourceDatabase.Identity here = SourceDatabase.identity(client);
        return ours
                && database.query(
                                        "select from understudy.adoption where source_system = $1 and source_database = $2",
                                        here.systemIdentifier(),
                                        here.database())
                                .size()
                        > 0;
    }

    public Optional<Adoption> adoption() {
        if (hasOurSchema()) {
            for (Row row : client.query(
                    "select source_system, source_database, source_place from understudy.adoption where mirror = $1",
                    mirror)) {
                return Optional.of(new Adoption(
                        new SourceDatabase.Identity(row.getString("source_system"), row.getString("source_database")),
                        row.getString("source_place")));
            }
        }
        return Optional.empty();
    }

    public void adopt(SourceDatabase.Identity source, String sourcePlace) {
        migrate();
        client.transaction(session -> {
            forgetAnotherSource(session, source);
            return session.query("""
                    insert into understudy.adoption as a (mirror, source_system, source_database, source_place)
                    values ($1, $2, $3, $4)
                    on conflict (mirror) do update
                       set source_system = excluded.source_system, source_database = excluded.source_database,
                           source_place = excluded.source_place, adopted_at = now(), adopted_by = current_user
                    """, mirror, source.systemIdentifier(), source.database(), sourcePlace);
        });
    }

    /** A position in another source's log means nothing in this one's: what was mirrored before is copied anew. */
    private void forgetAnotherSource(Session session, SourceDatabase.Identity source) {
        for (String table : List.of(
                "checkpoint",
                "mirrored_table",
                "set_aside",
                "quarantine",
                "rule_in_force",
                "sync_queue",
                "service",
                "reconciled_table",
                "discrepancy")) {
            session.query(
                    "delete from understudy." + table
                            + " where mirror = $1 and exists (select from understudy.adoption a"
                            + " where a.mirror = $1 and (a.source_system, a.source_database) <> ($2, $3))",
                    mirror,
                    source.systemIdentifier(),
                    source.database());
        }
    }

    /** Brings our schema up to date; the first time, makes it. */
    public void migrate() {
        Migrations.apply(JdbcSessions.dataSource(url, settings(mirror)));
    }

    /**
     * Whether this is the very database that the source is. Identifiers do not tell: a staging server restored from a
     * disk snapshot of production carries production's. A lock taken at the source and seen here does.
     */
    public boolean isSameDatabaseAs(SourceDatabase source) {
        int key = ThreadLocalRandom.current().nextInt();
        int salt = ThreadLocalRandom.current().nextInt();
        return source.client()
                .with(session -> session.transaction("begin read only", held -> {
                    held.query("select pg_advisory_xact_lock($1, $2)", salt, key);
                    return client.query("""
                            select exists (
                                select from pg_locks
                                 where locktype = 'advisory' and granted and objsubid = 2
                                   and classid = $1::bigint::oid and objid = $2::bigint::oid
                                   and database = (select oid from pg_database where datname = current_database())) as seen
                            """, Integer.toUnsignedLong(salt), Integer.toUnsignedLong(key))
                            .iterator()
                            .next()
                            .getBoolean("seen");
                }));
    }

    /** Fails when this role may not silence triggers: better now than in the middle of a copy. */
    public void proveSilence() {
        client.transaction(session -> session.query(SILENT));
    }

    /** Begins a silent transaction on a COPY session. */
    public static void beginSilently(Connection session) throws SQLException {
        session.setAutoCommit(true);
        try (Statement statement = session.createStatement()) {
            statement.execute("begin");
            statement.execute(SILENT);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
