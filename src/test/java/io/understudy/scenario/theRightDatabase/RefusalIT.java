package io.understudy.scenario.theRightDatabase;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.DatabasePair;
import io.understudy.mirror.Mirror;
import io.understudy.mirror.MirrorState;
import io.understudy.mirror.Settings;
import io.understudy.mirror.TableSettings;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** It never writes to a database that was not adopted as a target, and never to its own source. */
class RefusalIT {

    private DatabasePair pair;

    @BeforeEach
    void databases() {
        pair = new DatabasePair();
        pair.both("create table t (id int primary key)");
        pair.source().run("insert into t values (1)");
        pair.target().run("insert into t values (2)");
    }

    @AfterEach
    void close() throws SQLException {
        pair.close();
    }

    @Test
    void aDatabaseThatWasNotAdoptedKeepsItsRows() {
        refuses(pair.start());
        assertThat(pair.target().value("select id from t")).isEqualTo("2");
    }

    @Test
    void theSourceKeepsItsRowsThoughItWasAdopted() {
        pair.adopt();
        pair.source().run("create schema understudy");
        pair.source().run("drop schema understudy");
        refuses(pair.start(
                Settings.of(pair.name(), pair.source().url(), pair.source().url())));
        assertThat(pair.source().value("select id from t")).isEqualTo("1");
        assertThat(pair.slots()).isZero();
    }

    @Test
    void anAdoptionIsForOneMirrorOnly() {
        pair.adopt();
        refuses(pair.start(Settings.of(
                pair.name() + "_other", pair.source().url(), pair.target().url())));
        assertThat(pair.target().value("select id from t")).isEqualTo("2");
    }

    @Test
    void tablesThatAreNotMirroredKeepTheirRows() {
        pair.both("create table other (id int primary key)");
        pair.target()
                .run(
                        "insert into other values (7)",
                        "create table own (id int primary key, t_id int references t)",
                        "insert into own values (1, 2)");
        pair.adopt();
        Mirror mirror = pair.start(pair.settings().with(TableSettings.DEFAULT.including("public.t")));
        pair.awaitReached(mirror);
        assertThat(pair.target().value("select id from t")).isEqualTo("1");
        assertThat(pair.target().value("select id from other")).isEqualTo("7");
        assertThat(pair.target().value("select id from own")).isEqualTo("1");
    }

    private static void refuses(Mirror mirror) {
        assertThat(DatabasePair.awaitEnd(mirror)).isInstanceOf(MirrorState.Refused.class);
    }
}
