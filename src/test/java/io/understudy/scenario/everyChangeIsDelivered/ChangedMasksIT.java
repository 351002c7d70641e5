package io.understudy.scenario.everyChangeIsDelivered;

import static io.understudy.Masking.keepingOthers;
import static io.understudy.Masking.tablesWith;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.DatabasePair;
import io.understudy.Delivering;
import io.understudy.Queue;
import io.understudy.Receiver;
import io.understudy.Receiver.Answer;
import io.understudy.Receiver.Request;
import io.understudy.masking.MaskingSettings;
import io.understudy.mirror.Mirror;
import io.understudy.mirror.Settings;
import io.understudy.outbound.Deliveries;
import io.understudy.outbound.Deliveries.Result;
import io.understudy.outbound.Deliveries.Selection;
import io.understudy.outbound.DeliveryBatches;
import io.understudy.outbound.PayloadRules;
import io.understudy.postgres.DatabaseUrl;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.SessionSettings;
import io.understudy.postgres.TableId;
import io.understudy.preflight.Portion;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What waits in the queue, and what is kept there, leaves by the rules of now and not by those of when it was made. */
class ChangedMasksIT {

    private static final String PERSON = "create table person (id int primary key, email text, notes text)";
    private static final MaskingSettings NOTHING_MASKED = keepingOthers();
    private static final MaskingSettings EMAIL_MASKED = keepingOthers("person.email=email");

    private DatabasePair pair;
    private Queue queue;
    private Receiver receiver;
    private final List<Delivering> delivering = new ArrayList<>();

    @BeforeEach
    void open() {
        pair = new DatabasePair();
        queue = new Queue(pair);
        receiver = Receiver.open();
    }

    @AfterEach
    void close() throws SQLException {
        delivering.forEach(Delivering::close);
        receiver.close();
        pair.close();
    }

    private Mirror mirror(MaskingSettings masking) {
        Mirror mirror = pair.start(settings -> settings.with(masking));
        pair.awaitStreaming(mirror);
        return mirror;
    }

    private void deliver(MaskingSettings masking) {
        delivering.add(Delivering.to(pair, receiver, choices -> choices, new PayloadRules(masking, List.of())));
    }

    /** Leaves some in the queue and, when nobody delivers, one in a packet. */
    private Mirror enqueued(MaskingSettings masking, String... changes) {
        Mirror mirror = mirror(masking);
        queue.awaitInForce();
        pair.source().run(changes);
        pair.awaitReached(mirror);
        return mirror;
    }

    private static String person(int id) {
        return "insert into person values (" + id + ", 'canary" + id + "@real.test', 'n')";
    }

    private void finish(String record, String status) {
        queue.unpack();
        pair.target()
                .run("update understudy.sync_queue set status = '" + status + "', finished_at = now()"
                        + " where record_id = '" + record + "'");
    }

    private void assertNoneInTheQueue() {
        assertThat(tablesWith(pair.target(), "canary"))
                .doesNotContain("understudy.sync_queue", "understudy.sync_packet");
    }

    private List<String> bodies() {
        return receiver.requests().stream().map(Request::body).toList();
    }

    @Test
    void formerValuesAreRemovedBeforeAnythingIsSent() throws SQLException {
        pair.both(PERSON).adopt();
        queue.configure("person", "crm");
        Mirror first = enqueued(NOTHING_MASKED, person(1), person(2));
        finish("1", "completed");
        finish("2", "discarded");
        pair.source().run(person(3), person(4), "update person set id = 5 where id = 4");
        pair.awaitReached(first);
        DatabasePair.stop(first);
        deliver(EMAIL_MASKED);
        await().during(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(10)).until(() -> receiver.arrivals() == 0);
        Mirror mirror = mirror(EMAIL_MASKED);
        queue.awaitFinished(5);
        assertThat(bodies())
                .hasSize(3)
                .allSatisfy(body -> assertThat(body)
                        .doesNotContain("canary")
                        .contains("\"omitted\": [\"email\"]")
                        .contains("\"notes\": \"n\""));
        assertNoneInTheQueue();
        assertThat(queue.each("payload -> 'oldKey'"))
                .as("the key is another column")
                .contains("{\"id\": 4}");

        pair.source().run("delete from person where id = 1", person(6));
        queue.awaitFinished(7);
        assertThat(bodies())
                .as("rows of staging hold former values")
                .hasSize(5)
                .allSatisfy(body -> assertThat(body).doesNotContain("canary"));

        pair.refreshColumns("person");
        pair.awaitTable(
                mirror,
                "public.person",
                table -> assertThat(table.staleColumns()).isEmpty());
        pair.awaitTableState(mirror, "public.person", "streaming");
        pair.source().run("delete from person where id = 3");
        queue.awaitFinished(8);
        assertThat(bodies().get(bodies().size() - 1))
                .contains("\"omitted\": []")
                .contains("\"email\": ")
                .doesNotContain("canary");
    }

    @ParameterizedTest
    @ValueSource(strings = {"record", "email"})
    void aDeliveryThatIsNamedByAFormerValueIsEmptied(String order) throws SQLException {
        boolean byKey = order.equals("record");
        pair.both(byKey ? "create table person (email text primary key, id int)" : PERSON)
                .adopt();
        queue.configure("person", "crm", "order_by = '" + order + "'");
        Mirror first = enqueued(
                NOTHING_MASKED,
                "insert into person (id, email) select i, 'canary' || i || '@real.test' from generate_series(1, 3) i",
                "update person set email = 'canary4@real.test' where id = 3");
        queue.unpack();
        pair.target().run("""
                update understudy.sync_queue set status = 'completed', finished_at = now()
                 where id = (select min(id) from understudy.sync_queue)
                """);
        DatabasePair.stop(first);
        deliver(EMAIL_MASKED);
        mirror(EMAIL_MASKED);
        queue.awaitCount("emptied", 4);
        assertNoneInTheQueue();
        assertThat(queue.each("status || ' ' || (payload ? 'row')"))
                .containsExactly("completed false", "discarded false", "discarded false", "discarded false");
        assertThat(queue.each("last_error"))
                .allSatisfy(error ->
                        assertThat(error).contains("masking rule changed").contains("email"));
        try (PostgresClient target =
                PostgresClient.open(pair.vertx(), pair.target().url(), new SessionSettings("a test", false), 1)) {
            DeliveryBatches batches = new DeliveryBatches(target, pair.name(), "a test");
            Selection all = new Selection(Optional.empty(), Optional.empty());
            assertThat(batches.retryAll(all, told -> {})).isZero();
            assertThat(batches.replay(new TableId("public", "person"), Lsn.ZERO, Optional.empty(), told -> {})
                            .deliveries())
                    .isZero();
            long discarded =
                    pair.target().count("select min(id) from understudy.sync_queue where status = 'discarded'");
            assertThat(new Deliveries(target, pair.name())
                            .retry(discarded, "a test")
                            .result())
                    .isEqualTo(Result.REFUSED);
        }
        assertThat(bodies()).isEmpty();
    }

    @Test
    void whatAKilledProcessHasNotRemovedIsRemovedByTheNext() throws SQLException {
        pair.both(PERSON).adopt();
        queue.configure("person", "crm");
        DatabasePair.stop(enqueued(NOTHING_MASKED, person(1)));
        // Notes what there is to do, and nobody does it.
        DatabasePair.stop(mirror(EMAIL_MASKED));
        deliver(EMAIL_MASKED);
        queue.awaitFinished(1);
        assertThat(bodies()).hasSize(1).allSatisfy(body -> assertThat(body).doesNotContain("canary"));
    }

    @Test
    void aRuleThatIsTakenBackBeforeItsEffectLeavesNothingOfEither() throws SQLException {
        pair.both(PERSON).adopt();
        queue.configure("person", "crm");
        DatabasePair.stop(enqueued(EMAIL_MASKED, person(1)));
        DatabasePair.stop(enqueued(NOTHING_MASKED, person(2)));
        mirror(EMAIL_MASKED);
        deliver(EMAIL_MASKED);
        queue.awaitFinished(2);
        assertThat(bodies()).hasSize(2).allSatisfy(body -> assertThat(body).contains("\"omitted\": [\"email\"]"));
        assertNoneInTheQueue();
    }

    @Test
    void aRuleThatIsApprovedHoldsForWhatWaits() throws SQLException {
        pair.both(PERSON).adopt();
        queue.configure("person", "crm");
        receiver.answers(request -> Answer.of(503));
        Mirror mirror = enqueued(NOTHING_MASKED, person(1), person(2));
        deliver(NOTHING_MASKED);
        await().atMost(DatabasePair.PATIENCE).until(() -> receiver.arrivals() > 0);
        pair.approve("person", "email", "email");
        await().atMost(DatabasePair.PATIENCE).untilAsserted(this::assertNoneInTheQueue);
        receiver.forget();
        receiver.answers(request -> Answer.of(204));
        pair.source().run(person(3));
        pair.awaitReached(mirror);
        queue.awaitFinished(3);
        assertThat(bodies()).isNotEmpty().allSatisfy(body -> assertThat(body).doesNotContain("canary"));
    }

    @Test
    void aColumnThatIsLeftOutLeavesNoPayload() throws SQLException {
        pair.both(PERSON).adopt();
        queue.configure("person", "crm");
        DatabasePair.stop(enqueued(NOTHING_MASKED, person(1)));
        Portion withoutEmail = new Portion(Map.of(), List.of(), List.of("public.person.email"));
        pair.start(settings -> settings.with(settings.tables().only(withoutEmail)));
        delivering.add(Delivering.to(
                pair,
                receiver,
                choices -> choices,
                new PayloadRules(MaskingSettings.NONE, List.of("public.person.email"))));
        queue.awaitFinished(1);
        assertThat(bodies()).hasSize(1).allSatisfy(body -> assertThat(body).doesNotContain("canary"));
    }

    @Test
    void aTableThatIsCopiedAgainAtOnceLeavesNoFormerValuesEither() throws SQLException {
        pair.both(PERSON).adopt();
        queue.configure("person", "crm");
        DatabasePair.stop(enqueued(NOTHING_MASKED, person(1)));
        Portion some = new Portion(Map.of(new TableId("public", "person"), "id > 0"), List.of(), List.of());
        pair.start(
                settings -> settings.with(EMAIL_MASKED).with(settings.tables().only(some)));
        deliver(EMAIL_MASKED);
        queue.awaitFinished(1);
        assertThat(bodies()).hasSize(1).allSatisfy(body -> assertThat(body).doesNotContain("canary"));
    }

    @Test
    void withUnchangedRulesDeliveriesGoOnWhileProductionIsAway() throws SQLException {
        pair.both(PERSON).adopt();
        queue.configure("person", "crm");
        DatabasePair.stop(enqueued(EMAIL_MASKED, person(1)));
        DatabaseUrl away = DatabaseUrl.parse("postgresql://nobody@127.0.0.1:9/" + pair.name());
        pair.start(Settings.of(pair.name(), away, pair.target().url()).with(EMAIL_MASKED));
        deliver(EMAIL_MASKED);
        queue.awaitFinished(1);
        assertThat(bodies())
                .hasSize(1)
                .allSatisfy(body -> assertThat(body)
                        .contains("\"omitted\": []")
                        .contains("\"email\": ")
                        .doesNotContain("canary"));
    }
}
