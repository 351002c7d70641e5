package io.understudy.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.postgres.DatabaseUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is recorded as done, and what is really there (field notes A3 and D). */
class HistoryDriftIT {

    private static final String[] SUPABASE = {
        "create schema supabase_migrations",
        "create table supabase_migrations.schema_migrations (version text primary key, statements text[], name text)"
    };

    private static final String ORGANIZATIONS =
            "create table organizations (id int primary key); create table organization_members (id int primary key)";

    @TempDir
    private Path folder;

    private DriftPair pair;

    @BeforeEach
    void databases() {
        pair = new DriftPair();
    }

    @AfterEach
    void close() throws SQLException {
        pair.close();
    }

    private static String recorded(String version, String name, String sql) {
        return "insert into supabase_migrations.schema_migrations values ('" + version + "', array[$sql$" + sql
                + "$sql$], '" + name + "')";
    }

    /** The history table is mirrored like others here; entries must be added only where it is not. */
    private DriftPair supabase() {
        return pair.both(SUPABASE)
                .both(
                        recorded("2025", "collections", "create table collections (id int primary key)"),
                        "create table collections (id int primary key)");
    }

    @Test
    void findsTheMigrationThatWasRecordedAndNeverRan() {
        supabase().both(recorded("2026", "orgs", ORGANIZATIONS)).source(ORGANIZATIONS);
        assertThat(pair.found())
                .containsExactly(
                        "phantom table public.organization_members",
                        "phantom table public.organizations",
                        "phantom history entry Supabase supabase_migrations.schema_migrations: 2026 orgs");
        Difference table = pair.only("public.organizations");
        assertThat(table.why()).isEqualTo("Supabase 2026 orgs makes it and is recorded at the target");
        assertThat(table.mayPause()).isTrue();
        assertThat(pair.report().histories())
                .singleElement()
                .asString()
                .contains("Supabase supabase_migrations.schema_migrations: 2 at the source, 2 at the target")
                .contains("it is mirrored");
        pair.repair();
        assertThat(pair.found()).isEmpty();
    }

    @Test
    void findsTheMigrationThatRanAndWasNotRecorded() {
        supabase().both(ORGANIZATIONS).source(recorded("2026", "orgs", ORGANIZATIONS));
        assertThat(pair.found())
                .containsExactly("unrecorded history entry Supabase supabase_migrations.schema_migrations: 2026 orgs");
    }

    @Test
    void tellsWhichSideIsAhead() {
        supabase()
                .source(recorded("2026", "orgs", ORGANIZATIONS), ORGANIZATIONS)
                .target(recorded("2027", "notes", "create table notes (id int)"), "create table notes (id int)")
                .target(recorded("2028", "never", "create table never (id int)"));
        assertThat(pair.found())
                .containsExactly(
                        "phantom history entry Supabase supabase_migrations.schema_migrations: 2028 never",
                        "source ahead table public.organization_members",
                        "source ahead table public.organizations",
                        "source ahead history entry Supabase supabase_migrations.schema_migrations: 2026 orgs",
                        "target ahead table public.notes",
                        "target ahead history entry Supabase supabase_migrations.schema_migrations: 2027 notes");
    }

    @Test
    void findsTheForeignKeyThatNoMigrationMakes() {
        String config = "create table sync_config (supabase_table text unique)";
        String queue = "create table sync_queue (id serial primary key, table_name text)";
        supabase()
                .both(recorded("2026", "sync", config + ";" + queue), config, queue)
                .target("alter table sync_queue add constraint fk_sync_queue_sync_config foreign key (table_name)"
                        + " references sync_config (supabase_table)");
        assertThat(pair.found()).containsExactly("by hand constraint public.sync_queue: fk_sync_queue_sync_config");
        assertThat(pair.only("public.sync_queue: fk_sync_queue_sync_config").mayPause())
                .isTrue();
        assertThat(pair.report().plan().size()).isZero();
    }

    @Test
    void understandsWhatLaterMigrationsRenameAndDrop() {
        supabase()
                .both(
                        recorded(
                                "2026",
                                "a",
                                "create table a (id int, old text, gone text, constraint c check (id > 0));"
                                        + "create type t as enum ('x')"),
                        recorded(
                                "2027",
                                "b",
                                "alter table a rename to b; alter table b rename column old to fresh;"
                                        + "alter table b drop column gone; drop type t"),
                        "create table b (id int, fresh text, constraint c check (id > 0))");
        assertThat(pair.found()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Flyway|create table flyway_schema_history (installed_rank int primary key, version varchar(50), description varchar(200) not null,"
                        + " type varchar(20) not null, script varchar(1000) not null, checksum int, installed_by varchar(100) not null,"
                        + " installed_on timestamp not null default now(), execution_time int not null, success boolean not null)"
                        + "|insert into flyway_schema_history values (%d, '%d', 'd', 'SQL', 'V%d__d.sql', 7, 'somebody', now(), 3, true)",
                "Liquibase|create table databasechangelog (id varchar(255) not null, author varchar(255) not null, filename varchar(255) not null,"
                        + " dateexecuted timestamp not null, orderexecuted int not null, exectype varchar(10) not null, md5sum varchar(35),"
                        + " description varchar(255), comments varchar(255), tag varchar(255), liquibase varchar(20))"
                        + "|insert into databasechangelog values ('%d', 'a', 'c.xml', now(), %d, 'EXECUTED', '9:%d')",
                "Rails|create table schema_migrations (version varchar primary key)|insert into schema_migrations values ('%d')",
                "Django|create table django_migrations (id bigint generated by default as identity primary key, app varchar(255) not null,"
                        + " name varchar(255) not null, applied timestamptz not null)"
                        + "|insert into django_migrations (app, name, applied) values ('shop', '000%d', now())",
                "Alembic|create table alembic_version (version_num varchar(32) primary key)"
                        + "|delete from alembic_version; insert into alembic_version values ('a%d')",
                "Prisma|create table _prisma_migrations (id varchar(36) primary key, checksum varchar(64) not null, finished_at timestamptz,"
                        + " migration_name varchar(255) not null, logs text, rolled_back_at timestamptz, started_at timestamptz not null default now(),"
                        + " applied_steps_count int not null default 0)"
                        + "|insert into _prisma_migrations values ('i%d', 'c', now(), '000%d_init')",
                "Knex|create table knex_migrations (id serial primary key, name varchar(255), batch int, migration_time timestamptz)"
                        + "|insert into knex_migrations (name, batch, migration_time) values ('%d_a.js', 1, now())",
                "golang-migrate|create table schema_migrations (version bigint primary key, dirty boolean not null)"
                        + "|delete from schema_migrations; insert into schema_migrations values (%d, false)",
                "sqlx|create table _sqlx_migrations (version bigint primary key, description text not null, installed_on timestamptz not null default now(),"
                        + " success boolean not null, checksum bytea not null, execution_time bigint not null)"
                        + "|insert into _sqlx_migrations values (%d, 'd', now(), true, '\\x0a0b', 5)",
                "Drizzle|create schema drizzle; create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)"
                        + "|insert into drizzle.__drizzle_migrations (hash, created_at) values ('h%d', %d)",
                "Supabase|create schema supabase_migrations; create table supabase_migrations.schema_migrations"
                        + " (version text primary key, statements text[], name text)"
                        + "|insert into supabase_migrations.schema_migrations values ('%d', null, 'n')"
            })
    void findsTheHistoryOf(String tool, String table, String entry) {
        pair.both(table, entry.replace("%d", "1"));
        assertThat(pair.found()).isEmpty();
        assertThat(pair.report().histories())
                .singleElement()
                .asString()
                .startsWith(tool + " ")
                .contains(": 1 at the source, 1 at the target");
        pair.source(entry.replace("%d", "2"));
        assertThat(pair.found()).singleElement().asString().startsWith("source ahead history entry " + tool + " ");

        List<String> statements = pair.notMirrored().report().plan().statements();
        pair.target(statements.toArray(String[]::new));
        pair.target(statements.toArray(String[]::new));
        assertThat(pair.found()).isEmpty();
        assertThat(pair.report().plan().size()).isZero();
    }

    @Test
    void recordsOnlyWhatIsThere() {
        supabase().source(recorded("2026", "orgs", ORGANIZATIONS), ORGANIZATIONS);
        List<String> statements = pair.notMirrored().report().plan().statements();
        int entry = statements.size() - 5;
        assertThatThrownBy(() ->
                        pair.target(statements.subList(entry, statements.size()).toArray(String[]::new)))
                .hasMessageContaining("not everything that 2026 orgs makes is there");
        pair.repair();
        assertThat(pair.found()).isEmpty();
    }

    @Test
    void recordsTogetherWhatIsKnownByVersionOnly() {
        pair.both("create table schema_migrations (version varchar primary key)")
                .source(
                        "insert into schema_migrations values ('1'), ('2'), ('3')",
                        "create table orders (id int primary key)",
                        "create index on orders (id)");
        assertThat(pair.found()).hasSize(4);
        DriftReport report = pair.notMirrored().report();
        assertThat(report.plan().text()).contains("record Rails public.schema_migrations: 3 entries (source ahead)");
        pair.repair();
        assertThat(pair.found()).isEmpty();
    }

    @Test
    void failedEntriesAreFindings() {
        pair.both(
                "create table schema_migrations (version bigint primary key, dirty boolean not null)",
                "insert into schema_migrations values (3, false)");
        pair.target("update schema_migrations set dirty = true");
        assertThat(pair.found()).containsExactly("failed history entry golang-migrate public.schema_migrations: 3");
    }

    @Test
    void comparesAFolder() throws IOException {
        Files.writeString(folder.resolve("V1__a.sql"), "create table a (id int primary key);");
        Files.writeString(folder.resolve("V2__b.sql"), "create table b (id int);");
        Files.writeString(folder.resolve("V10__c.sql"), "create table c (id int);");
        Files.writeString(folder.resolve("V11__d.sql"), "create table d (id int);");
        Files.writeString(folder.resolve("U11__d.sql"), "drop table d;");
        String history =
                "insert into flyway_schema_history values (%d, '%d', 'd', 'SQL', 'V%d.sql', 1, 'x', now(), 1, true)";
        pair.both(
                "create table flyway_schema_history (installed_rank int, version text, description text, type text, script text,"
                        + " checksum int, installed_by text, installed_on timestamp, execution_time int, success boolean)",
                history.replace("%d", "1"),
                history.replace("%d", "3"),
                "create table a (id int primary key)");
        pair.source(history.replace("%d", "2"), "create table b (id int)", "create table d (id int)")
                .both("alter table a add column byhand int")
                .target("alter table a add column n int");
        pair.migrations(folder);
        assertThat(pair.found())
                .containsExactlyInAnyOrder(
                        "unrecorded table public.d",
                        "unrecorded history entry Flyway public.flyway_schema_history: V11__d.sql",
                        "source ahead table public.b",
                        "source ahead history entry Flyway public.flyway_schema_history: V2.sql",
                        "by hand column public.a.n",
                        "folder history entry Flyway public.flyway_schema_history: V10__c.sql",
                        "folder history entry Flyway public.flyway_schema_history: V3.sql");
    }

    @Test
    void whatMayNotBeReadIsToldAndNotTakenAsTheSame() {
        supabase();
        String role = pair.databases.name() + "_reader";
        pair.target("create role " + role + " login");
        try {
            DatabaseUrl url = pair.databases.target().url();
            DriftReport report = pair.report(DatabaseUrl.parse("postgresql://" + role + "@" + url.place() + "?sslmode="
                    + url.sslMode().text()));
            assertThat(report.differences()).isEmpty();
            assertThat(report.unchecked()).singleElement().satisfies(part -> {
                assertThat(part.side()).isEqualTo(SideName.TARGET);
                assertThat(part.part()).isEqualTo("history supabase_migrations.schema_migrations");
                assertThat(part.reason()).contains("permission denied");
            });
        } finally {
            pair.target("drop role " + role);
        }
    }
}
