package io.understudy.postgres;

import io.vertx.sqlclient.Row;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What the source's log is asked for: one publication with the mirror's name, and one of inserts and truncates for tables
 * whose rows have no identity. In a publication of updates production's own updates of them would fail.
 */
public final class Publications {

    /** Ends the name of the second publication, and no mirror's. */
    public static final String INSERTS_SUFFIX = "_inserts";

    /** The first version whose publications can hold generated columns. */
    public static final int GENERATED_COLUMNS_VERSION = 18;

    private static final int LONGEST_NAME = 63;

    private static final Map<Integer, Integer> REPAIRED = Map.of(14, 140_018, 15, 150_013, 16, 160_009, 17, 170_005);

    private final String whole;
    private final String inserts;
    private final PostgresClient client;
    private final Consumer<String> define;

    Publications(String mirror, PostgresClient client, Consumer<String> define) {
        this.whole = mirror;
        this.inserts = insertsName(mirror);
        this.client = client;
        this.define = define;
    }

    /** Both of a mirror's. */
    public static Set<String> names(String mirror) {
        return Set.of(mirror, insertsName(mirror));
    }

    /** The server would cut off a name that is too long, and make it the other publication's. */
    private static String insertsName(String mirror) {
        int room = LONGEST_NAME - INSERTS_SUFFIX.length();
        String start = mirror.length() <= room
                ? mirror
                : mirror.substring(0, room - 8) + String.format("%08x", mirror.hashCode());
        return start + INSERTS_SUFFIX;
    }

    /** Tables of either. */
    Set<TableId> tables() {
        Set<TableId> tables = new HashSet<>(tables(whole));
        tables.addAll(tables(inserts));
        return tables;
    }

    private Set<TableId> tables(String publication) {
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
     * with a new slot: publications count as of the moment of each change, and what the old slot still has to send lies
     * before the move.
     */
    Set<TableId> misplaced(Collection<Table> tables) {
        Set<TableId> inWhole = tables(whole);
        Set<TableId> inInserts = tables(inserts);
        return tables.stream()
                .filter(table -> (isInsertsOnly(table) ? inWhole : inInserts).contains(table.id()))
                .map(Table::id)
                .collect(Collectors.toSet());
    }

    void create(Collection<Table> tables) {
        Map<Boolean, List<Table>> byKind =
                tables.stream().collect(Collectors.partitioningBy(Publications::isInsertsOnly));
        create(whole, byKind.get(false), generatedColumns(byKind.get(false)));
        createInserts(byKind.get(true));
    }

    /** Also when there is nothing for it yet: a stream that was opened without it would not see tables that join. */
    private void createInserts(List<Table> tables) {
        create(inserts, tables, ", publish = 'insert, truncate'");
    }

    void join(Collection<Table> tables) {
        Map<Boolean, List<Table>> byKind =
                tables.stream().collect(Collectors.partitioningBy(Publications::isInsertsOnly));
        publishGenerated(byKind.get(false));
        add(whole, byKind.get(false));
        if (existing().contains(inserts)) {
            add(inserts, byKind.get(true));
        } else if (!byKind.get(true).isEmpty()) {
            createInserts(byKind.get(true));
        }
    }

    private void add(String publication, List<Table> tables) {
        if (!tables.isEmpty()) {
            String names = tables.stream().map(Table::alone).collect(Collectors.joining(", "));
            String add = "alter publication " + Sql.name(publication) + " add table " + names;
            define.accept(forgetsItsTables() ? quietly(names, add) : add);
        }
    }

    private static boolean isInsertsOnly(Table table) {
        return table.rowIdentity() == RowIdentity.NONE;
    }

    /** A partitioned table is published as its root, so that staging may be partitioned differently. */
    private void create(String publication, List<Table> tables, String options) {
        String published = tables.stream()
                // Without "only", tables that inherit would be published with their parent, wanted or not.
                .map(Table::alone)
                .collect(Collectors.joining(", "));
        define.accept(
                "create publication " + Sql.name(publication) + (tables.isEmpty() ? "" : " for table " + published)
                        + " with (publish_via_partition_root = true" + options + ")");
    }

    /** Postgres that could publish the generated columns of an identity refuses updates where they are left out. */
    private String generatedColumns(List<Table> tables) {
        return tables.stream().anyMatch(Table::isIdentifiedByGenerated) && version() >= GENERATED_COLUMNS_VERSION
                ? ", publish_generated_columns = stored"
                : "";
    }

    /** Before updates of such a table reach the publication, which production's would fail on otherwise. */
    private void publishGenerated(List<Table> tables) {
        if (!generatedColumns(tables).isEmpty()) {
            define.accept("alter publication " + Sql.name(whole) + " set (publish_generated_columns = stored)");
        }
    }

    /**
     * Servers without the repair of May 2025 may go on without a table that was added while a transaction wrote to it: the
     * sender that decodes such a transaction remembers the publication as it was.
     */
    private boolean forgetsItsTables() {
        int number = versionNumber();
        Integer repaired = REPAIRED.get(number / 10000);
        return repaired != null && number < repaired;
    }

    /** While nobody writes to the tables. Shortly: whoever waits here makes production's writers wait as well. */
    private static String quietly(String names, String add) {
        return "begin; set local lock_timeout = '2s'; lock table " + names + " in share row exclusive mode; " + add
                + "; commit";
    }

    private int version() {
        return versionNumber() / 10000;
    }

    private int versionNumber() {
        return client.query("select current_setting('server_version_num')::int as version")
                .iterator()
                .next()
                .getInteger("version");
    }

    void leave(Collection<TableId> tables) {
        for (String publication : List.of(whole, inserts)) {
            Set<TableId> published = tables(publication);
            List<TableId> leaving = tables.stream().filter(published::contains).toList();
            if (!leaving.isEmpty()) {
                define.accept("alter publication " + Sql.name(publication) + " drop table " + TableId.sql(leaving));
            }
        }
    }

    void drop() {
        define.accept("drop publication if exists " + Sql.name(whole) + ", " + Sql.name(inserts));
    }

    /** Names that a stream may ask for: one that is not there would end it. */
    List<String> existing() {
        boolean both = client.query("select from pg_publication where pubname = $1", inserts)
                        .size()
                > 0;
        return both ? List.of(whole, inserts) : List.of(whole);
    }
}
