package io.understudy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.ledger.ApprovedRules;
import io.understudy.masking.MaskRule;
import io.understudy.mirror.ControlTable;
import io.understudy.mirror.Mirror;
import io.understudy.mirror.MirrorState;
import io.understudy.mirror.MirrorStatus.TableStatus;
import io.understudy.mirror.Settings;
import io.understudy.postgres.DatabaseUrl;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A source and a target of their own for one test, the mirrors that it runs between them, and the comparison at the
 * end.
 */
public final class DatabasePair implements AutoCloseable {

    /** Generous: it bounds a test that hangs, on a machine that also builds. */
    public static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final String TABLES = """
            select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where c.relkind in ('r', 'p') and not c.relispartition
               and n.nspname not in ('pg_catalog', 'information_schema', 'understudy') and n.nspname !~ '^pg_'
             order by 1
            """;

    private final String name = PostgresServers.uniqueName();
    private final PostgresServer sourceServer;
    private final PostgresServer targetServer;
    private final Vertx vertx = Vertx.vertx();
    private final List<Mirror> mirrors = new ArrayList<>();

    public DatabasePair() {
        this(PostgresServers.source(), PostgresServers.target());
    }

    public DatabasePair(PostgresServer sourceServer, PostgresServer targetServer) {
        this.sourceServer = sourceServer;
        this.targetServer = targetServer;
        sourceServer.database("postgres").run("create database " + name);
        targetServer.database("postgres").run("create database " + name);
    }

    /** The mirror's, its slot's, its publication's and both databases' name. */
    public String name() {
        return name;
    }

    public Vertx vertx() {
        return vertx;
    }

    public Database source() {
        return sourceServer.database(name);
    }

    public Database target() {
        return targetServer.database(name);
    }

    /** The same on both sides: the schema, usually. */
    public DatabasePair both(String... scripts) {
        source().run(scripts);
        target().run(scripts);
        return this;
    }

    public DatabasePair adopt() {
        return adopt(source().url());
    }

    public DatabasePair adopt(DatabaseUrl url) {
        try (SourceDatabase source = SourceDatabase.open(vertx, url, name);
                TargetDatabase target = TargetDatabase.open(vertx, target().url(), name)) {
            target.adopt(source.identity(), source.url().place());
        }
        return this;
    }

    /** As {@code understudy resync} asks for it. */
    public void resync(String... tables) {
        try (TargetDatabase database = TargetDatabase.open(vertx, target().url(), name)) {
            new ControlTable(database.client(), name)
                    .askForResync(Stream.of(tables)
                            .map(table -> new TableId("public", table))
                            .toList());
        }
    }

    /** As {@code understudy refresh --columns} asks for it. */
    public void refreshColumns(String... tables) {
        try (TargetDatabase database = TargetDatabase.open(vertx, target().url(), name)) {
            new ControlTable(database.client(), name)
                    .askForRefresh(Stream.of(tables)
                            .map(table -> new TableId("public", table))
                            .toList());
        }
    }

    /** As {@code understudy masks approve} does before it asks for a refresh. */
    public void approve(String table, String column, String rule) {
        try (TargetDatabase database = TargetDatabase.open(vertx, target().url(), name)) {
            ApprovedRules.approve(database.client(), name, new TableId("public", table), column, MaskRule.parse(rule));
        }
    }

    public Settings settings() {
        return Settings.of(name, source().url(), target().url());
    }

    public Mirror start() {
        return start(settings());
    }

    public Mirror start(UnaryOperator<Settings> change) {
        return start(change.apply(settings()));
    }

    public Mirror start(Settings settings) {
        return start(settings, false);
    }

    public Mirror start(Settings settings, boolean copyAnew) {
        Mirror mirror = new Mirror(vertx, settings, copyAnew);
        mirrors.add(mirror);
        mirror.start();
        return mirror;
    }

    public static <S extends MirrorState> S awaitState(Mirror mirror, Class<S> state) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(mirror.state())
                        .as("state, because: %s", mirror.state().reason().orElse("-"))
                        .isInstanceOf(state));
        return state.cast(mirror.state());
    }

    public void awaitStreaming(Mirror mirror) {
        await().atMost(PATIENCE)
                .failFast(() -> assertThat(mirror.state())
                        .as("it ended: %s", mirror.state().reason().orElse("-"))
                        .isNotInstanceOfAny(MirrorState.Refused.class, MirrorState.Failed.class))
                .untilAsserted(() -> assertThat(mirror.state())
                        .as("state, because: %s", mirror.state().reason().orElse("-"))
                        .isInstanceOf(MirrorState.Streaming.class));
    }

    /** Until everything that the source has committed by now is at the target. */
    public void awaitReached(Mirror mirror) {
        Lsn now = Lsn.parse(source().value("select pg_current_wal_insert_lsn()"));
        await().atMost(PATIENCE)
                .failFast(() -> assertThat(mirror.state())
                        .as("it ended: %s", mirror.state().reason().orElse("-"))
                        .isNotInstanceOfAny(
                                MirrorState.Refused.class, MirrorState.Failed.class, MirrorState.Blocked.class))
                .untilAsserted(() -> assertThat(mirror.hasReached(now))
                        .as(
                                "reached %s; it is %s at %s, because: %s",
                                now,
                                mirror.state().word(),
                                mirror.status().appliedLsn(),
                                mirror.state().reason().orElse("-"))
                        .isTrue());
    }

    public void awaitTable(Mirror mirror, String name, Consumer<TableStatus> expected) {
        await().atMost(PATIENCE).untilAsserted(() -> expected.accept(table(mirror, name)));
    }

    public void awaitTableState(Mirror mirror, String name, String state) {
        awaitTable(
                mirror,
                name,
                table -> assertThat(table.state()).as(table.toString()).isEqualTo(state));
    }

    public static TableStatus table(Mirror mirror, String name) {
        return mirror.status().tables().stream()
                .filter(table -> table.table().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        name + " is not among " + mirror.status().tables()));
    }

    public static MirrorState stop(Mirror mirror) {
        mirror.stop();
        try {
            return mirror.awaitEnd(PATIENCE).orElseThrow(() -> new AssertionError("the mirror did not stop"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public static MirrorState awaitEnd(Mirror mirror) {
        try {
            return mirror.awaitEnd(PATIENCE)
                    .orElseThrow(() -> new AssertionError("the mirror did not end; it is " + mirror.state()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Every table of the source, row for row, in the source's columns. */
    public void assertEqual() {
        for (String table : source().column(TABLES)) {
            assertEqual(table);
        }
    }

    /** What was set aside while a table paused for a moment, because its source was altered, comes a little later. */
    public void awaitEqual(String table) {
        await().atMost(PATIENCE).untilAsserted(() -> assertEqual(table));
    }

    public void assertEqual(String table) {
        String columns = source().value(
                        "select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute "
                                + "where attrelid = " + literal(table)
                                + "::regclass and attnum > 0 and not attisdropped");
        String sum = "select count(*) || ' rows, ' || coalesce(sum(hashtextextended(row(" + columns
                + ")::text, 0)::numeric), 0) " + "from " + table;
        if (!source().value(sum).equals(target().value(sum))) {
            String rows = "select row(" + columns + ")::text from " + table + " order by 1";
            assertThat(target().column(rows)).as(table).isEqualTo(source().column(rows));
        }
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** Slots of this mirror at the source: one while it lives, none when it never began. */
    public long slots() {
        return source().count("select count(*) from pg_replication_slots where slot_name = '" + name + "'");
    }

    public long publications() {
        return source().count("select count(*) from pg_publication where pubname = '" + name + "'");
    }

    @Override
    public void close() throws SQLException {
        mirrors.forEach(Mirror::stop);
        mirrors.forEach(DatabasePair::awaitEnd);
        vertx.close().toCompletionStage().toCompletableFuture().join();
        dropSlot();
        sourceServer.database("postgres").run("drop database if exists " + name + " with (force)");
        targetServer.database("postgres").run("drop database if exists " + name + " with (force)");
    }

    /** A stopped mirror cuts its connection; the server may take a moment to notice. */
    public void dropSlot() throws SQLException {
        try (Connection connection = source().connect()) {
            Database.column(
                    connection,
                    "select pg_terminate_backend(active_pid, 10000) from pg_replication_slots where slot_name = '"
                            + name + "' and active_pid is not null");
            Database.column(
                    connection,
                    "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = '" + name
                            + "'");
        }
    }
}
