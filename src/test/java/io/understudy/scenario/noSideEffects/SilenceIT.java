package io.understudy.scenario.noSideEffects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.Database;
import io.understudy.DatabasePair;
import io.understudy.mirror.Mirror;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The marketplace of field note A: a trigger that queues, and the constraint that made the real import fail. */
class SilenceIT {

    private DatabasePair pair;

    @BeforeEach
    void marketplace() {
        pair = new DatabasePair();
        pair.both("create table listing (id int primary key, title text not null)");
        pair.target()
                .run(
                        "create table sync_config (supabase_table text primary key, enabled boolean not null default true)",
                        "insert into sync_config values ('user')",
                        "create table sync_queue (id serial primary key, table_name text not null, record_id int, "
                                + "constraint fk_sync_queue_sync_config foreign key (table_name) references sync_config)",
                        """
                create function queue_listing() returns trigger language plpgsql as $$ begin
                  insert into sync_queue (table_name, record_id) values ('listing', new.id); return new; end $$
                """,
                        "create trigger queue_listing after insert or update on listing for each row execute function queue_listing()",
                        "create rule shadow as on insert to listing do also insert into sync_config values ('rule ' || new.id)",
                        "create table truncated (at timestamptz)",
                        "create function note_truncate() returns trigger language plpgsql as $$ begin "
                                + "insert into truncated values (now()); return null; end $$",
                        "create trigger on_truncate after truncate on listing execute function note_truncate()");
        pair.adopt();
        pair.source().run("insert into listing select i, 'l' || i from generate_series(1, 312) i");
    }

    @AfterEach
    void close() throws SQLException {
        pair.close();
    }

    /** Field notes A1, A6. */
    @Test
    void triggersRulesAndForeignKeysOfTheTargetAreSilentForMirroredRows() {
        Mirror mirror = pair.start();
        pair.awaitReached(mirror);
        pair.source()
                .run(
                        "insert into listing select i, 'new' from generate_series(1001, 1100) i",
                        "update listing set title = 'x' where id < 10",
                        "truncate listing",
                        "insert into listing values (1, 'again')");
        pair.awaitReached(mirror);
        pair.assertEqual();
        assertThat(pair.target().count("select count(*) from sync_queue")).isZero();
        assertThat(pair.target().count("select count(*) from truncated")).isZero();
        assertThat(pair.target().column("select supabase_table from sync_config"))
                .containsExactly("user");
        assertThat(pair.target().value("select last_value || ' ' || is_called from sync_queue_id_seq"))
                .isEqualTo("1 false");
        assertThat(pair.target().count("select coalesce(sum(calls), 0) from pg_stat_user_functions"))
                .isZero();
    }

    @Test
    void theyFireForEverybodyElsesRowsWhileTheMirrorRuns() {
        Mirror mirror = pair.start();
        pair.awaitReached(mirror);
        assertThatThrownBy(() -> pair.target().run("insert into listing values (5000, 'by hand')"))
                .hasMessageContaining("fk_sync_queue_sync_config");
        pair.target().run("insert into sync_config values ('listing')");
        pair.target().run("insert into listing values (5000, 'by hand')");
        assertThat(pair.target().count("select count(*) from sync_queue")).isEqualTo(1);
    }

    @Test
    void theSilenceIsNotLeftBehindInAnySession() throws SQLException {
        Mirror mirror = pair.start();
        pair.awaitReached(mirror);
        pair.source().run("update listing set title = 'y'");
        pair.awaitReached(mirror);
        DatabasePair.stop(mirror);
        assertThat(
                        pair.target()
                                .column(
                                        "select setconfig::text from pg_db_role_setting where setconfig::text like '%replication%'"))
                .isEmpty();
        try (Connection connection = pair.target().connect()) {
            assertThat(Database.column(connection, "show session_replication_role"))
                    .containsExactly("origin");
        }
    }
}
