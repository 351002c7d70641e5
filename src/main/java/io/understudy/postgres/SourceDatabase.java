package io.understudy.postgres;

import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Production. Every session reads only, except the short ones that create or drop the one publication and the one slot,
 * which both carry the mirror's name.
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

    /** Ends the name of the publication of tables of which only inserts are followed. */
    public static final String INSERTS_SUFFIX = "_inserts";

    private static final int LONGEST_NAME = 63;

    private final DatabaseUrl url;
    private final String mirror;
    private final PostgresClient client;
    private volatile Connection creatingSlot;

    private SourceDatabase(DatabaseUrl url, String mirror, PostgresClient client) {
        this.url = url;
        this.mirror = mirror;
        this.client = client;
    }

    public static SourceDatabase open(Vertx vertx, DatabaseUrl url, String mirror) {
        // One connection for questions, one so that a slow catalog read does not hide the lag.
        return new SourceDatabase(url, mirror, PostgresClient.open(vertx, url, reading(mirror), 2));
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

    /** No mirror has a name that ends like this. The server would cut off a longer one, and make it the other's name. */
    private String insertsPublicationName() {
        int room = LONGEST_NAME - INSERTS_SUFFIX.length();
        String start = mirror.length() <= room
                ? mirror
                : mirror.substring(0, room - 8) + String.format("%08x", mirror.hashCode());
        return start + INSERTS_SUFFIX;
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

    public Lsn currentLsn() {
        return Lsn.parse(client.query("select pg_current_wal_lsn()::text as lsn")
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
        Set<TableId> tables = new HashSet<>(published(publicationName()));
        tables.addAll(published(insertsPublicationName()));
        return tables;
    }

    private Set<TableId> published(String publication) {
        Set<TableId> tables = new HashSet<>();
        for (Row row : client.query(
                "select schemaname, tablename from pg_publication_tables where pubname = $1", publication)) {
            tables.add(new TableId(row.getString("schemaname"), row.getString("tablename")));
        }
        return tables;
    }

    /**
     * Of {@code tables} those that got or lost their identity since they were published: in the publication of inserts
     * their updates would be missed, in the other one production's updates fail. To be moved they must be copied again,
     * with a new slot: publications count as of the moment of each change, and the old slot's changes lie before the move.
     */
    public Set<TableId> misplaced(Collection<Table> tables) {
        Set<TableId> whole = published(publicationName());
        Set<TableId> inserts = published(insertsPublicationName());
        return tables.stream()
                .filter(table -> (isInsertsOnly(table) ? whole : inserts).contains(table.id()))
                .map(Table::id)
                .collect(Collectors.toSet());
    }

    /**
     * The publications must be there before the slot: decoding looks them up as of the moment of each change. A
     * partitioned table is published as its root, so that staging may be partitioned differently.
     *
     * <p>Tables whose rows have no identity go into a publication of their own, made only for them: in one that publishes
     * updates, production's updates of them would fail.
     */
    public void createPublication(Collection<Table> tables) {
        Map<Boolean, List<Table>> byKind = tables.stream().collect(Collectors.partitioningBy(this::isInsertsOnly));
        publish(publicationName(), byKind.get(false), "");
        if (!byKind.get(true).isEmpty()) {
            publish(insertsPublicationName(), byKind.get(true), ", publish = 'insert, truncate'");
        }
    }

    private boolean isInsertsOnly(Table table) {
        return table.rowIdentity() == RowIdentity.NONE;
    }

    private void publish(String publication, List<Table> tables, String options) {
        String published = tables.stream()
                // Without "only", tables that inherit would be published with their parent, wanted or not.
                .map(Table::alone)
                .collect(Collectors.joining(", "));
        define("create publication " + Sql.name(publication) + (tables.isEmpty() ? "" : " for table " + published)
                + " with (publish_via_partition_root = true" + options + ")");
    }

    public void unpublish(Collection<TableId> tables) {
        for (String publication : List.of(publicationName(), insertsPublicationName())) {
            Set<TableId> published = published(publication);
            List<TableId> leaving = tables.stream().filter(published::contains).toList();
            if (!leaving.isEmpty()) {
                define("alter publication " + Sql.name(publication) + " drop table " + TableId.sql(leaving));
            }
        }
    }

    public void dropPublication() {
        define("drop publication if exists " + Sql.name(publicationName()) + ", " + Sql.name(insertsPublicationName()));
    }

    /** Drops our slot if it is there. A slot in use is refused by the server: somebody else is reading it. */
    public void dropSlot() {
        define("select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = "
                + Sql.literal(slotName()));
    }

    /** Drops our slot if it is still the one with this consistent point, and not the one of a successor. */
    public void dropSlot(Lsn consistentPoint) {
        define("select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = "
                + Sql.literal(slotName()) + " and confirmed_flush_lsn = "
                + Sql.literal(consistentPoint.toString()));
    }

    /** Moves the unused slot up to what the target already has, so that nothing at or before it is sent again. */
    public void advanceSlot(Lsn applied) {
        define("select pg_replication_slot_advance(" + Sql.literal(slotName()) + ", " + Sql.literal(applied.toString())
                + ")");
    }

    /** The consistent point from which every later change will be sent, and the snapshot of exactly that moment. */
    public SlotSnapshot createSlot() {
        Connection connection = JdbcSessions.openReplication(url, defining(mirror));
        creatingSlot = connection;
        return SlotSnapshot.create(connection, slotName());
    }

    /** From another thread: {@link #createSlot} fails at once, and what it began is undone by the server. */
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

    /** Starts reading the slot. A publication that does not exist would end the stream, so the second is named if it does. */
    public ChangeStream openStream() {
        List<String> publications = new ArrayList<>(List.of(publicationName()));
        for (Row row : client.query(
                "select pubname::text as name from pg_publication where pubname = $1", insertsPublicationName())) {
            publications.add(row.getString("name"));
        }
        return ChangeStream.open(JdbcSessions.openReplication(url, reading(mirror)), slotName(), publications);
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
