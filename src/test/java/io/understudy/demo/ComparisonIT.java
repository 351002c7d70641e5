package io.understudy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.demo.TableComparison.Verdict;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.SessionSettings;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ComparisonIT {

    private static final String TABLE = """
            create table public."Strange Table" (
                "Id" bigint generated always as identity primary key,
                price numeric not null,
                twice numeric generated always as (price * 2) stored,
                note text)
            """;

    private static Vertx vertx;
    private static DemoServers servers;
    private static PostgresClient production;
    private static PostgresClient staging;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        servers = DemoServers.start();
        SessionSettings settings = new SessionSettings("comparison test", false);
        production = PostgresClient.open(vertx, servers.production(), settings, 2);
        staging = PostgresClient.open(vertx, servers.staging(), settings, 2);
    }

    @AfterAll
    static void stop() {
        production.close();
        staging.close();
        servers.close();
        vertx.close();
    }

    @BeforeEach
    void fillBothSidesAlikeInDifferentOrder() {
        onBothSides("set local client_min_messages = warning; drop schema public cascade; create schema public");
        onBothSides(TABLE);
        production.query(
                "insert into public.\"Strange Table\" (price, note) overriding system value values (1.50, 'a'), (2, null), (3, '')");
        staging.query("""
                insert into public."Strange Table" ("Id", price, note) overriding system value
                values (3, 3, ''), (1, 1.50, 'a'), (2, 2, null)
                """);
    }

    @Test
    void isEqualWhenEveryRowIs() {
        Comparison comparison = Comparison.of(production, staging);

        assertThat(comparison.equal()).isTrue();
        assertThat(comparison.tables()).singleElement().satisfies(table -> {
            assertThat(table.table()).hasToString("public.Strange Table");
            assertThat(table.stagingRows()).isEqualTo(3);
        });
    }

    @Test
    void isDifferentWhenOneRowIsMissing() {
        staging.query("delete from public.\"Strange Table\" where \"Id\" = 2");

        assertThat(verdict()).isEqualTo(Verdict.DIFFERENT);
    }

    @Test
    void isDifferentWhenOneValueDiffers() {
        staging.query("update public.\"Strange Table\" set note = null where \"Id\" = 3");

        assertThat(verdict()).isEqualTo(Verdict.DIFFERENT);
    }

    @Test
    void isDifferentWhenOneRowIsThereTwiceInsteadOfTwoRowsOnce() {
        onBothSides("create table public.keyless (a int)");
        production.query("insert into public.keyless values (1), (2), (2)");
        staging.query("insert into public.keyless values (1), (1), (2)");

        assertThat(Comparison.of(production, staging).count(Verdict.DIFFERENT)).isEqualTo(1);
    }

    @Test
    void isNotEqualWhenATableIsThereOnOneSideOnly() {
        production.query("create table public.only_here (a int)");
        staging.query("create table public.only_there (a int)");

        Comparison comparison = Comparison.of(production, staging);

        assertThat(comparison.count(Verdict.NOT_COMPARED)).isEqualTo(2);
        assertThat(comparison.equal()).isFalse();
        assertThat(comparison.text()).contains("only production has it").contains("only staging has it");
    }

    @Test
    void saysWhyATableCouldNotBeCompared() {
        staging.query("alter table public.\"Strange Table\" drop column note");

        assertThat(verdict()).isEqualTo(Verdict.NOT_COMPARED);
        assertThat(Comparison.of(production, staging).text()).contains("column \"note\" does not exist");
    }

    private static Verdict verdict() {
        return Comparison.of(production, staging).tables().get(0).verdict();
    }

    private static void onBothSides(String sql) {
        production.query(sql);
        staging.query(sql);
    }
}
