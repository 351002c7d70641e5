package io.understudy.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.understudy.DatabasePair;
import io.understudy.PostgresServer;
import io.understudy.PostgresServers;
import io.understudy.mirror.Mirror;
import io.understudy.mirror.MirrorState;
import io.understudy.mirror.Settings;
import io.understudy.mirror.TableSettings;
import io.understudy.postgres.DatabaseUrl;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.TargetDatabase;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every refusal and its remedy; and that looking changes nothing. */
class PreflightIT {

    private DatabasePair pair;

    @BeforeEach
    void databases() {
        pair = new DatabasePair();
    }

    @AfterEach
    void close() throws SQLException {
        pair.close();
    }

    private void equalTables() {
        pair.both("create table t (id int primary key, v text)").adopt();
    }

    @Test
    void nothingStandsAgainstTwoEqualDatabases() {
        equalTables();
        assertThat(findings()).isEmpty();
    }

    @Test
    void aTableThatIsMissingAtTheTarget() {
        equalTables();
        pair.source().run("create table \"New\" (id int primary key)");
        refused("At the target, the table public.New does not exist", "understudy.tables.exclude=public.New");
    }

    @Test
    void aColumnThatIsMissingAtTheTarget() {
        equalTables();
        pair.source().run("alter table t add \"Odd\" varchar(7)");
        refused(
                "public.t.Odd does not exist at the target",
                "alter table public.t add column \"Odd\" character varying(7)");
    }

    @Test
    void aColumnOfTheTargetThatNoRowCouldFill() {
        equalTables();
        pair.target().run("alter table t add own text not null");
        refused("has a column own", "alter column \"own\" drop not null");
    }

    @Test
    void aColumnThatIsGeneratedAtTheSourceOnly() {
        pair.source().run("create table g (id int primary key, d int generated always as (id * 2) stored)");
        pair.target().run("create table g (id int primary key, d int)");
        pair.adopt();
        refused("public.g.d is generated at the source and ordinary at the target", "generated column");
    }

    /** Field note B2. */
    @Test
    void aTableWithoutAPrimaryKey() {
        equalTables();
        pair.both("create table heap (v text)");
        refused("public.heap has no primary key", "add primary key");
        refused("public.heap has no primary key", "replica identity full");
        refused("public.heap has no primary key", "understudy.tables.without-key=inserts");
        warned(
                pair.settings().with(TableSettings.DEFAULT.withoutKey(TableSettings.WithoutKey.INSERTS)),
                "public.heap has no primary key (or only a deferrable one). Its updates and deletes at the source are not"
                        + " followed");
        pair.source().run("alter table heap replica identity full");
        warned(pair.settings(), "public.heap has no primary key: to find rows");
    }

    /** A partition made later would have no replica identity, and production's updates of it would fail. */
    @Test
    void aPartitionedTableWithoutAPrimaryKey() {
        equalTables();
        pair.both(
                "create table heap (v text) partition by hash (v)",
                "create table heap_1 partition of heap for values with (modulus 1, remainder 0)",
                "alter table heap replica identity full",
                "alter table heap_1 replica identity full");
        refused("public.heap is partitioned and has no primary key", "add primary key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"replica identity full", "replica identity using index heap_v"})
    void anIdentityThatDebeziumDoesNotTell(String identity) {
        equalTables();
        pair.both("create table heap (v text not null)", "create unique index heap_v on heap (v)");
        pair.source().run("alter table heap " + identity);
        refused(
                pair.settings().capturing(Settings.Capture.DEBEZIUM),
                "which the capture with Debezium does not follow",
                "understudy.stream.capture=pgoutput");
        assertThat(findings()).noneMatch(Finding::isBlocking);
    }

    @Test
    void aReplicaIdentityWhoseIndexWasDropped() {
        equalTables();
        pair.both("create table u (id int primary key, v text not null)", "create unique index u_v on u (v)");
        pair.source().run("alter table u replica identity using index u_v", "drop index u_v");
        refused("public.u has replica identity index", "replica identity default");
    }

    /** Postgres would refuse production's updates of it. */
    @Test
    void wholeRowsThatNoLogCanCarry() {
        assumeThat(pair.source().count("select current_setting('server_version_num')::int / 10000"))
                .as("virtual columns")
                .isGreaterThanOrEqualTo(18);
        equalTables();
        pair.both("create table u (id int primary key, v int generated always as (id * 2) virtual)");
        pair.source().run("alter table u replica identity full");
        refused("public.u has replica identity full and a virtual generated column", "replica identity default");
    }

    @Test
    void aRuleThatFiresEvenForMirroredRows() {
        equalTables();
        pair.target()
                .run("create rule loud as on insert to t do instead nothing", "alter table t enable always rule loud");
        refused("The rule loud of public.t", "enable rule \"loud\"");
    }

    @Test
    void aDeferrablePrimaryKey() {
        equalTables();
        pair.both("create table heap (id int primary key deferrable)");
        refused("public.heap has no primary key", "add primary key");
    }

    @Test
    void aTargetWithoutAUniqueIndexOnTheKey() {
        pair.source().run("create table t (a int, b int, primary key (a, b))");
        pair.target().run("create table t (a int primary key, b int not null)");
        pair.adopt();
        warned(pair.settings(), "no unique index on the source's key (a, b)");
    }

    @Test
    void aReplicaIdentityThatLeavesTheKeyOut() {
        equalTables();
        pair.source().run("alter table t replica identity nothing");
        refused("public.t has replica identity", "replica identity default");
    }

    @ParameterizedTest
    @ValueSource(strings = {"always", "replica"})
    void aTriggerThatFiresEvenForMirroredRows(String when) {
        equalTables();
        pair.target()
                .run(
                        "create function f() returns trigger language plpgsql as 'begin return new; end'",
                        "create trigger loud before insert on t for each row execute function f()",
                        "alter table t enable " + when + " trigger loud");
        refused("The trigger loud of public.t", "enable trigger \"loud\"");
    }

    @Test
    void aTargetThatWasNotAdopted() {
        pair.both("create table t (id int primary key)");
        refused("was not adopted", "./understudy adopt");
    }

    @Test
    void aTargetThatWasAdoptedForAnotherSource() {
        pair.both("create table t (id int primary key)");
        pair.adopt(pair.source().url());
        pair.target()
                .run("update understudy.adoption set source_database = 'other', source_place = 'elsewhere:5432/other'");
        refused("adopted for another source (elsewhere:5432/other", "adopt it anew");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1"})
    void theSourceItselfWhateverItIsCalled(String host) {
        pair.both("create table t (id int primary key)").adopt();
        DatabaseUrl source = pair.source().url();
        DatabaseUrl disguised = new DatabaseUrl(
                host,
                source.port(),
                source.database(),
                source.user(),
                source.password(),
                source.sslMode(),
                Optional.empty());
        refused(Settings.of(pair.name(), source, disguised), "are the same database", "two different databases");
    }

    @Test
    void anIncludePatternThatMatchesNothing() {
        equalTables();
        refused(
                pair.settings().with(TableSettings.DEFAULT.including("public.typo")),
                "understudy.tables.include has public.typo",
                "./understudy plan");
    }

    @Test
    void aRoleWithoutReplication() {
        equalTables();
        try (Role role = new Role("login")) {
            refused(role.atSource(), "may not replicate", "replication");
        }
    }

    @Test
    void aRoleThatMayNotRead() {
        equalTables();
        try (Role role = new Role("login replication")) {
            refused(
                    role.atSource(),
                    "may not read the table public.t at the source",
                    "grant select on \"public\".\"t\"");
        }
    }

    @Test
    void aRoleThatMayNotPublish() {
        equalTables();
        try (Role role = new Role("login replication")) {
            refused(role.atSource(), "may not create a publication", "grant create on database");
            refused(role.atSource(), "does not own the table public.t", "grant <owner>");
        }
    }

    @Test
    void rowLevelSecurityThatHidesRows() {
        equalTables();
        try (Role role = new Role("login replication")) {
            pair.source().run("alter table t enable row level security", "grant select on t to " + role.name);
            refused(role.atSource(), "Row-level security hides rows of the table public.t", "bypassrls");
        }
    }

    @Test
    void aRoleThatMayNotSilenceTriggersAtTheTarget() {
        equalTables();
        try (Role role = new Role("login")) {
            refused(
                    role.atTarget(),
                    "may not set session_replication_role",
                    "grant set on parameter session_replication_role to \"" + role.name + "\"");
            refused(role.atTarget(), "may not write the table public.t at the target", "truncate on \"public\".\"t\"");
        }
    }

    @Test
    void aSourceWhoseLogIsNotLogical() throws SQLException {
        try (PostgresServer server = PostgresServers.own(Map.of("wal_level", "replica"));
                DatabasePair own = new DatabasePair(server, PostgresServers.target())) {
            own.both("create table t (id int primary key)").adopt();
            refused(own, own.settings(), "wal_level", "wal_level = logical");
        }
    }

    @Test
    void aSourceWithoutAFreeSlot() throws SQLException {
        try (PostgresServer server = PostgresServers.own(Map.of("max_replication_slots", "1"));
                DatabasePair own = new DatabasePair(server, PostgresServers.target())) {
            own.both("create table t (id int primary key)").adopt();
            own.source().run("select pg_create_physical_replication_slot('somebody_elses')");
            refused(own, own.settings(), "no replication slot free", "max_replication_slots");
        }
    }

    /** Field notes A3, A4. */
    @Test
    void foreignKeysOfOneSideAndToTablesOutsideAreNamed() {
        pair.both(
                "create schema auth",
                "create table auth.users (id int primary key)",
                "create table draft (id int primary key, user_id int references auth.users)",
                "create table config (name text primary key)",
                "create table queue (id int primary key, name text, listing int)");
        pair.target().run("alter table queue add constraint fk_queue_config foreign key (name) references config");
        pair.source().run("alter table queue add constraint fk_queue_draft foreign key (listing) references draft");
        pair.adopt();
        Settings settings = pair.settings().with(TableSettings.DEFAULT.including("public.*"));
        refused(
                settings,
                "draft_user_id_fkey of public.draft refers to auth.users, which is not mirrored",
                "understudy.constraints=public.draft.draft_user_id_fkey=keep");
        List<Finding> findings = findings(settings.choosing("draft.draft_user_id_fkey=null"));
        assertThat(findings).noneMatch(Finding::isBlocking);
        assertThat(findings)
                .extracting(Finding::what)
                .anySatisfy(what -> assertThat(what).contains("fk_queue_config").contains("not kept by production"))
                .anySatisfy(what -> assertThat(what).contains("fk_queue_draft").contains("exists only at the source"))
                .anySatisfy(
                        what -> assertThat(what).contains("draft_user_id_fkey").contains("user_id emptied"));
    }

    /** Field note C1: figures and columns, never values. */
    @Test
    void rowsOfProductionThatStagingForbidsAreCounted() {
        pair.both(
                        "create table parent (id int primary key)",
                        "create table child (id int primary key, parent int, v text)")
                .adopt();
        pair.source()
                .run(
                        "insert into child values (1, 5, 'a'), (2, 6, null), (3, null, 'secret')",
                        "alter table child add constraint fk foreign key (parent) references parent not valid");
        pair.target()
                .run(
                        "create function odd(text) returns boolean language sql as 'select true'",
                        "alter table child add constraint fk foreign key (parent) references parent, alter v set not null, "
                                + "add constraint short check (length(v) < 3), add constraint odd check (odd(v))");
        refused(
                "2 rows of production break the foreign key fk of public.child (column parent)",
                "understudy.constraints=public.child.fk=keep");
        refused(
                "1 row of production breaks the not null constraint v",
                "understudy.constraints=public.child.v=quarantine");
        refused("1 row of production breaks the check constraint short", "public.child.short=quarantine");
        List<Finding> findings = findings(pair.settings().choosing("child.fk=null", "child.*=quarantine"));
        assertThat(findings).noneMatch(Finding::isBlocking);
        assertThat(findings)
                .extracting(Finding::what)
                .anySatisfy(what -> assertThat(what).contains("odd").contains("could not be counted"))
                .noneSatisfy(what -> assertThat(what).contains("secret"));
        refused(
                pair.settings().choosing("child.nothing=keep", "child.v=keep"),
                "child.nothing=keep, which names no constraint",
                "schema.table.constraint=policy");
    }

    @Test
    void allProblemsAreToldTogetherAndNothingIsChanged() {
        pair.both("create table t (id int primary key, v text)", "create table heap (v text)");
        pair.source().run("create table missing (id int primary key)", "alter table t add extra text");
        pair.target().run("insert into t values (1, 'precious')");

        Mirror mirror = pair.start();

        assertThat(DatabasePair.awaitEnd(mirror)).isInstanceOfSatisfying(MirrorState.Refused.class, refused -> {
            assertThat(refused.findings())
                    .extracting(Finding::what)
                    .hasSize(4)
                    .anySatisfy(what -> assertThat(what).contains("not adopted"))
                    .anySatisfy(what -> assertThat(what).contains("public.heap has no primary key"))
                    .anySatisfy(what -> assertThat(what).contains("public.missing does not exist"))
                    .anySatisfy(what -> assertThat(what).contains("public.t.extra does not exist"));
            assertThat(refused.findings())
                    .extracting(Finding::remedy)
                    .allSatisfy(remedy -> assertThat(remedy).isNotBlank());
        });
        assertThat(pair.slots()).isZero();
        assertThat(pair.publications()).isZero();
        assertThat(pair.target().column("select v from t")).containsExactly("precious");
        assertThat(pair.target().value("select to_regnamespace('understudy')")).isNull();
    }

    /** A role of its own for one test, on both servers. */
    private final class Role implements AutoCloseable {

        private final String name = pair.name() + "_role";

        Role(String options) {
            pair.both("create role " + name + " " + options + " password 'secret'");
            pair.target()
                    .run(
                            "grant usage on schema understudy to " + name,
                            "grant all on all tables in schema understudy to " + name);
        }

        Settings atSource() {
            return Settings.of(
                    pair.name(), as(pair.source().url()), pair.target().url());
        }

        Settings atTarget() {
            return Settings.of(
                    pair.name(), pair.source().url(), as(pair.target().url()));
        }

        private DatabaseUrl as(DatabaseUrl url) {
            return new DatabaseUrl(
                    url.host(),
                    url.port(),
                    url.database(),
                    name,
                    Optional.of("secret"),
                    url.sslMode(),
                    Optional.empty());
        }

        @Override
        public void close() {
            pair.both("drop owned by " + name, "drop role " + name);
        }
    }

    private void refused(String what, String remedy) {
        refused(pair.settings(), what, remedy);
    }

    private void refused(Settings settings, String what, String remedy) {
        refused(pair, settings, what, remedy);
    }

    private static void refused(DatabasePair pair, Settings settings, String what, String remedy) {
        assertThat(findings(pair, settings)).filteredOn(Finding::isBlocking).anySatisfy(finding -> {
            assertThat(finding.what()).contains(what);
            assertThat(finding.remedy()).contains(remedy);
        });
    }

    private void warned(Settings settings, String what) {
        assertThat(findings(settings))
                .noneMatch(Finding::isBlocking)
                .anySatisfy(finding -> assertThat(finding.what()).contains(what));
    }

    private List<Finding> findings() {
        return findings(pair.settings());
    }

    private List<Finding> findings(Settings settings) {
        return findings(pair, settings);
    }

    private static List<Finding> findings(DatabasePair pair, Settings settings) {
        try (SourceDatabase source = SourceDatabase.open(pair.vertx(), settings.source(), settings.name());
                TargetDatabase target = TargetDatabase.open(pair.vertx(), settings.target(), settings.name())) {
            return Preflight.of(source, target, settings.intent())
                    .counted(source, target)
                    .findings();
        }
    }
}
