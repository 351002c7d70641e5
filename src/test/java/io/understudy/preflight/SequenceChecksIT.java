package io.understudy.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.DatabasePair;
import io.understudy.masking.MaskingSettings;
import io.understudy.postgres.DatabaseUrl;
import io.understudy.postgres.RowIdentity;
import io.understudy.postgres.Sequence;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which sequences belong to a mirror, and what is said when they cannot be followed. */
class SequenceChecksIT {

    private DatabasePair pair;

    @BeforeEach
    void databases() {
        pair = new DatabasePair();
    }

    @AfterEach
    void close() throws SQLException {
        pair.close();
    }

    @Test
    void thoseOfMirroredTablesAndFreeOnesOfTheirSchemas() {
        pair.source()
                .run(
                        "create schema elsewhere",
                        "create table t (id serial primary key)",
                        "create sequence elsewhere.by_default",
                        "alter table t add code int default nextval('elsewhere.by_default')",
                        "create sequence elsewhere.free",
                        "create sequence free",
                        "create table left_out (id serial primary key)",
                        "create sequence shared owned by left_out.id",
                        "alter table t add other int default nextval('shared')",
                        "create table part (id int, code int) partition by list (id)",
                        "create sequence of_leaf",
                        "create table leaf partition of part for values in (1)",
                        "alter table leaf alter code set default nextval('of_leaf')");
        try (SourceDatabase source =
                SourceDatabase.open(pair.vertx(), pair.source().url(), pair.name())) {
            assertThat(Sequence.ofMirror(source.client(), List.of(id("t"), id("part"))))
                    .extracting(TableId::toString)
                    .containsExactly(
                            "elsewhere.by_default",
                            "public.free",
                            "public.of_leaf",
                            "public.shared",
                            "public.t_id_seq");
        }
    }

    @Test
    void oneThatStagingLacksOrThatMayNotBeReadIsAWarning() {
        pair.both("create table t (id serial primary key)").adopt();
        pair.source().run("create sequence \"Only\"");
        String role = pair.name() + "_reader";
        pair.source().run("create role " + role + " login password 'secret'");
        try {
            assertThat(findings(as(role), pair.target().url()))
                    .filteredOn(finding -> !finding.isBlocking())
                    .extracting(finding -> finding.what() + " " + finding.remedy())
                    .anySatisfy(
                            text -> assertThat(text).startsWith("The sequence public.Only exists only at the source."))
                    .anySatisfy(text -> assertThat(text)
                            .contains("may not read the 2 sequences public.Only, public.t_id_seq at the source")
                            .contains("grant select on sequence \"public\".\"Only\", \"public\".\"t_id_seq\" to"));
        } finally {
            pair.source().run("drop owned by " + role, "drop role " + role);
        }
    }

    private DatabaseUrl as(String role) {
        DatabaseUrl url = pair.source().url();
        return new DatabaseUrl(
                url.host(), url.port(), url.database(), role, Optional.of("secret"), url.sslMode(), Optional.empty());
    }

    private List<Finding> findings(DatabaseUrl sourceUrl, DatabaseUrl targetUrl) {
        try (SourceDatabase source = SourceDatabase.open(pair.vertx(), sourceUrl, pair.name());
                TargetDatabase target = TargetDatabase.open(pair.vertx(), targetUrl, pair.name())) {
            return Preflight.of(
                            source,
                            target,
                            new Intent(
                                    List.of(),
                                    List.of(),
                                    Set.of(RowIdentity.values()),
                                    List.of(),
                                    MaskingSettings.NONE,
                                    Portion.ALL))
                    .findings();
        }
    }

    private static TableId id(String name) {
        return new TableId("public", name);
    }
}
