package io.understudy.postgres;

import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;

/**
 * Production. Every session reads only, except the short ones that create or drop the slot and the publications, which
 * carry the mirror's name.
 */
public final class SourceDatabase implements AutoCloseable {

    /** Which database this is, wherever it moves: the cluster's identifier and the database's name. */
    public record Identity(String systemIdentifier, String database) {}

    /**
     * @param current how far the source's log is, read in the same moment
     * @param lostWal the server removed log that the slot still needed: it can never be read again
     * @param sent how far the server has read the log for the slot's reader and sent what concerns it
     */
    public record Slot(
            Lsn current, Lsn confirmedFlush, boolean active, boolean lostWal, long retainedBytes, Optional<Lsn> sent) {}

    /** @param temporary it goes with the connection that created it */
    public record NewSlot(String name, boolean temporary) {}

    /** Of a slot's name, as of every name. */
    private static final int NAME_LIMIT = 63;

    private static final String COPY = "_copy";

    private final DatabaseUrl url;
    private final String mirror;
    private final PostgresClient client;
    private final Publications publications;
    private volatile Connection creatingSlot;

    private SourceDatabase(DatabaseUrl url, String mirror, PostgresClient client) {
        this.url = url;
        this.mirror = mirror;
        this.client = client;
        this.publications = new Publications(mirror, client, this::define);
    }

    public static SourceDatabase open(Vertx vertx, DatabaseUrl url, String mirror) {
        // One connection for questions, one so that a slow catalog read does not hide the lag, one for row filters.
        return new SourceDatabase(url, mirror, PostgresClient.open(vertx, url, reading(mirror), 3));
    }

    private static SessionSettings reading(String mirror) {
        return new SessionSettings("understudy: " + mirror, true);
    }

    private static SessionSettings defining(String mirror) {
        return new SessionSettings("understudy: " + mirror, false);
    }

    public PostgresClient client() {
        return client;
    }

    public DatabaseUrl url() {
        return url;
    }

    public String slotName() {
        return mirror;
    }

    public String publicationName() {
        return mirror;
    }

    /** A connection for COPY; reads only. */
    public Connection openCopySession() {
        return JdbcSessions.open(url, reading(mirror));
    }

    public Identity identity() {
        return identity(client);
    }

    static Identity identity(PostgresClient client) {
        Row row = client.query(
                        "select system_identifier::text as system, current_database()::text as database from pg_control_system()")
                .iterator()
                .next();
        return new Identity(row.getString("system"), row.getString("database"));
    }

    /** Where the source's log is; on a standby, which has none of its own, how far it has replayed its primary's. */
    public Lsn logPosition() {
        return Lsn.parse(client.query("select (case when pg_is_in_recovery() then pg_last_wal_replay_lsn() "
                        + "else pg_current_wal_insert_lsn() end)::text as lsn")
                .iterator()
                .next()
                .getString("lsn"));
    }

    public Optional<Slot> slot() {
        RowSet<Row> rows = client.query("""
                select pg_current_wal_lsn()::text as current, s.confirmed_flush_lsn::text as confirmed, s.active, coalesce(s.wal_status = 'lost', false) as lost,
                       coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn), 0)::bigint as retained,
                       r.sent_lsn::text as sent
                  from pg_replication_slots s
                  left join pg_stat_replication r on r.pid = s.active_pid
                 where s.slot_name = $1 and s.database = current_database()
                """, slotName());
        for (Row row : rows) {
            return Optional.of(new Slot(
                    Lsn.parse(row.getString("current")),
                    Optional.ofNullable(row.getString("confirmed"))
                            .map(Lsn::parse)
                            .orElse(Lsn.ZERO),
                    row.getBoolean("active"),
                    row.getBoolean("lost"),
                    row.getLong("retained"),
                    Optional.ofNullable(row.getString("sent")).map(Lsn::parse)));
        }
        return Optional.empty();
    }

    /** Tables of our publications; empty when there are none. */
    public Set<TableId> published() {
        return publications.tables();
    }

    /** Of {@code tables} those that got or lost their identity since they were published. */
    public Set<TableId> misplaced(Collection<Table> tables) {
        return publications.misplaced(tables);
    }

    /** The publications must be there before the slot: decoding looks them up as of the moment of each change. */
    public void createPublication(Collection<Table> tables) {
        publications.create(tables);
    }

    /** Changes of these are sent from now on, and of those transactions that are open now as far as they come later. */
    public void publish(Collection<Table> tables) {
        publications.join(tables);
    }

    public void unpublish(Collection<TableId> tables) {
        publications.leave(tables);
    }

    public void dropPublication() {
        publications.drop();
    }

    /** Drops our slot if it is there. A slot in use is refused by the server: somebody else is reading it. */
    public void dropSlot() {
        define("select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = "
                + Sql.literal(slotName()));
    }

    /** Drops a slot that was just created, if it is still that one and not a successor's. */
    public void dropSlot(NewSlot slot, Lsn consistentPoint) {
        define("select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = "
                + Sql.literal(slot.name()) + " and not active and confirmed_flush_lsn = "
                + Sql.literal(consistentPoint.toString()));
    }

    /** Moves the unused slot up to what the target already has, so that nothing at or before it is sent again. */
    public void advanceSlot(Lsn applied) {
        define("select pg_replication_slot_advance(" + Sql.literal(slotName()) + ", " + Sql.literal(applied.toString())
                + ")");
    }

    /** The slot that is streamed from. */
    public NewSlot slotToStreamFrom() {
        return new NewSlot(mirror, false);
    }

    /** A slot that is needed for its snapshot only. */
    public NewSlot slotToCopyFrom() {
        return new NewSlot(mirror.substring(0, Math.min(mirror.length(), NAME_LIMIT - COPY.length())) + COPY, true);
    }

    /** The consistent point from which every later change will be sent, and the snapshot of exactly that moment. */
    public SlotSnapshot create(NewSlot slot) {
        Connection connection = JdbcSessions.openReplication(url, defining(mirror));
        creatingSlot = connection;
        return SlotSnapshot.create(connection, slot);
    }

    /** From another thread: {@link #create} fails at once, and what it began is undone by the server. */
    public void abandonSlotCreation() {
        Connection connection = creatingSlot;
        if (connection != null) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                // It is gone either way.
            }
        }
    }

    /** What a new slot has to wait for, for people: {@code 2 open transactions, the oldest since …}. */
    public Optional<String> openTransactions() {
        Row row = client.query("""
                        select count(*) as open, min(xact_start)::timestamptz(0)::text as oldest
                          from pg_stat_activity where backend_xid is not null
                        """).iterator().next();
        return row.getLong("open") == 0
                ? Optional.empty()
                : Optional.of(row.getLong("open") + " open transactions at the source, the oldest since "
                        + row.getString("oldest"));
    }

    /** Starts reading the slot. */
    public ChangeStream openStream() {
        return ChangeStream.open(
                JdbcSessions.openReplication(url, reading(mirror)), slotName(), publications.existing());
    }

    private void define(String sql) {
        try (Connection connection = JdbcSessions.open(url, defining(mirror));
                Statement statement = connection.createStatement()) {
            // Whoever waits for a lock makes everybody after it wait as well: production comes first, and we try again.
            statement.execute("set lock_timeout = '10s'");
            statement.execute(sql);
        } catch (SQLException e) {
            throw PostgresFailure.of(e, url.place() + ": " + sql.replaceAll("\\s+", " "));
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
