package io.understudy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.postgres.Catalog;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.SessionSettings;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Field note A, as the demo rebuilds it. */
class MarketplaceIT {

    private static Vertx vertx;
    private static DemoServers servers;
    private static PostgresClient production;
    private static PostgresClient staging;
    private static long rows;

    @BeforeAll
    static void load() {
        vertx = Vertx.vertx();
        servers = DemoServers.start();
        SessionSettings settings = new SessionSettings("marketplace test", false);
        production = PostgresClient.open(vertx, servers.production(), settings, 3);
        staging = PostgresClient.open(vertx, servers.staging(), settings, 3);
        rows = Marketplace.loadProduction(production, table -> {});
        Marketplace.loadStaging(staging);
    }

    @AfterAll
    static void stop() {
        production.close();
        staging.close();
        servers.close();
        vertx.close();
    }

    @Test
    void hasTheTablesOfTheFieldNoteAndMoreThanFiftyThousandRows() {
        assertThat(rows).isGreaterThanOrEqualTo(50_000);
        for (PostgresClient client : List.of(production, staging)) {
            assertThat(Catalog.read(client).tables().keySet())
                    .extracting(TableId::name)
                    .containsExactlyInAnyOrder(
                            "user",
                            "listing",
                            "thread",
                            "_message",
                            "thread_message",
                            "thread_participant",
                            "bookings_leases",
                            "user_lease",
                            "user_listing_favorite",
                            "listing_drafts",
                            "sync_config",
                            "sync_queue");
        }
    }

    @Test
    void hasWhatMakesMirroringHard() {
        Catalog catalog = Catalog.read(production);
        Table listing = catalog.tables().get(new TableId("public", "listing"));

        assertThat(listing.column("Total Price"))
                .hasValueSatisfying(column -> assertThat(column.generated()).isTrue());
        assertThat(catalog.foreignKeys())
                .anyMatch(key -> key.table().name().equals("listing")
                        && key.referenced().name().equals("thread"))
                .anyMatch(key -> key.table().name().equals("thread")
                        && key.referenced().name().equals("listing"))
                .anyMatch(key -> key.table().equals(key.referenced()));
        assertThat(count(production, "select count(*) from public.listing where pg_column_size(photos) > 2000"))
                .isPositive();
        assertThat(count(production, "select count(*) from public.sync_queue where status = 'pending'"))
                .isPositive();
    }

    @Test
    void importingListingsIntoStagingFailsUnlessItsTriggersAreSilent() {
        List<String> listings = new ArrayList<>();
        for (Row row :
                production.query("select to_jsonb(l)::text from public.listing l where bubble_id is null limit 3")) {
            listings.add(row.getString(0));
        }

        assertThatThrownBy(() -> importListings(listings, ""))
                .isInstanceOfSatisfying(
                        PostgresFailure.class,
                        failure -> assertThat(failure.sqlState()).isEqualTo("23503"))
                .hasMessageContaining("fk_sync_queue_sync_config");
        importListings(listings, "set local session_replication_role = replica");
    }

    /** Rolled back at the end, so that staging stays as it was. */
    private static void importListings(List<String> listings, String silence) {
        staging.with(session -> {
            session.query("begin");
            try {
                if (!silence.isEmpty()) {
                    session.query(silence);
                }
                for (String listing : listings) {
                    session.query(
                            "insert into public.\"user\" (_id, email, \"Name - First\") "
                                    + "select host, host, 'Host' from (select $1::text::jsonb ->> 'Host User' as host) h "
                                    + "on conflict do nothing",
                            listing);
                    session.query("""
                            insert into public.listing (_id, "Host User", "Name", nightly_price, bubble_id)
                            select _id, "Host User", "Name", nightly_price, bubble_id
                              from jsonb_populate_record(null::public.listing, $1::text::jsonb)
                            """, listing);
                }
                return null;
            } finally {
                session.rollback();
            }
        });
    }

    @Test
    void workloadWritesEveryKindOfTransactionUntilItIsStopped() {
        try (Workload workload = Workload.start(production, 100_000)) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(
                            () -> assertThat(workload.tally().transactions()).isGreaterThan(300));
            workload.stop();
            Workload.Tally tally = workload.tally();

            assertThat(workload.error()).isEmpty();
            assertThat(tally.rows()).isGreaterThan(tally.transactions());
            assertThat(tally.rolledBack()).isPositive();
            assertThat(count(production, "select count(*) from public.thread where \"~Last Message\" = 'Question 3'"))
                    .isPositive();
            assertThat(Marketplace.triggerCalls(production)).isPositive();
        }
    }

    private static long count(PostgresClient client, String sql) {
        return client.query(sql).iterator().next().getLong(0);
    }
}
