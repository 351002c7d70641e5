package io.understudy.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.DatabasePair;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TargetDatabaseIT {

    private DatabasePair pair;
    private SourceDatabase source;
    private TargetDatabase target;

    @BeforeEach
    void databases() {
        pair = new DatabasePair();
        source = SourceDatabase.open(pair.vertx(), pair.source().url(), pair.name());
        target = TargetDatabase.open(pair.vertx(), pair.target().url(), pair.name());
    }

    @AfterEach
    void close() throws SQLException {
        source.close();
        target.close();
        pair.close();
    }

    @Test
    void isItsOwnSourceOnlyWhenItIs() {
        assertThat(target.isSameDatabaseAs(source)).isFalse();
        try (TargetDatabase same =
                TargetDatabase.open(pair.vertx(), pair.source().url(), pair.name())) {
            assertThat(same.isSameDatabaseAs(source)).isTrue();
        }
    }

    @Test
    void anotherDatabaseOfTheSourcesServerIsAnotherDatabase() {
        try (TargetDatabase neighbour = TargetDatabase.open(
                pair.vertx(),
                new DatabaseUrl(
                        pair.source().url().host(),
                        pair.source().url().port(),
                        "postgres",
                        pair.source().url().user(),
                        pair.source().url().password(),
                        pair.source().url().sslMode(),
                        java.util.Optional.empty()),
                pair.name())) {
            assertThat(neighbour.isSameDatabaseAs(source)).isFalse();
        }
    }

    @Test
    void isAdoptedForOneMirrorOfOneSource() {
        assertThat(target.adoption()).isEmpty();
        target.adopt(source.identity(), "prod:5432/shop");
        assertThat(target.adoption()).contains(new TargetDatabase.Adoption(source.identity(), "prod:5432/shop"));
        try (TargetDatabase other =
                TargetDatabase.open(pair.vertx(), pair.target().url(), "other_mirror")) {
            assertThat(other.adoption()).isEmpty();
        }
    }

    @Test
    void adoptingAnewReplacesTheMark() {
        target.adopt(new SourceDatabase.Identity("1", "old"), "old:5432/old");
        target.adopt(source.identity(), "new:5432/new");
        assertThat(target.adoption()).map(TargetDatabase.Adoption::sourcePlace).contains("new:5432/new");
    }

    @Test
    void migratingTwiceIsTheSameAsOnce() {
        target.migrate();
        target.migrate();
        assertThat(target.hasOurSchema()).isTrue();
    }

    /** Field note A1. */
    @Test
    void provingSilenceLeavesNothingBehind() {
        target.client().with(session -> {
            target.proveSilence();
            return null;
        });
        assertThat(target.client()
                        .query("show session_replication_role")
                        .iterator()
                        .next()
                        .getString(0))
                .isEqualTo("origin");
    }

    @Test
    void theSourcesSessionsCannotWrite() {
        assertThat(source.client()
                        .query("show transaction_read_only")
                        .iterator()
                        .next()
                        .getString(0))
                .isEqualTo("on");
        assertThat(source.identity().database()).isEqualTo(pair.name());
    }
}
