package io.understudy.scenario.everyChangeIsDelivered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.DatabasePair;
import io.understudy.Delivering;
import io.understudy.Queue;
import io.understudy.Receiver;
import io.understudy.Receiver.Answer;
import io.understudy.Receiver.Request;
import io.understudy.mirror.Mirror;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changes reach a receiver, signed, each at least once, and those of one record in their order. */
class DeliveryIT {

    private DatabasePair pair;
    private Queue queue;
    private Receiver receiver;
    private final List<Delivering> delivering = new ArrayList<>();

    @BeforeEach
    void open() {
        pair = new DatabasePair();
        queue = new Queue(pair);
        receiver = Receiver.open();
        pair.both("create table item (id int primary key, v int)").adopt();
        queue.configure("item", "crm", "workflow = 'sync'");
        Mirror mirror = pair.start();
        pair.awaitStreaming(mirror);
        queue.awaitInForce();
    }

    private void deliver(UnaryOperator<Delivering.Choices> change) {
        delivering.add(Delivering.to(pair, receiver, change));
    }

    @AfterEach
    void close() throws SQLException {
        delivering.forEach(Delivering::close);
        receiver.close();
        pair.close();
    }

    @Test
    void eachChangeArrivesSignedAndInTheOrderOfItsRecord() {
        deliver(choices -> choices);
        pair.source().run("insert into item select i, 0 from generate_series(1, 50) i");
        for (int round = 1; round <= 10; round++) {
            pair.source().run("update item set v = " + round);
        }
        queue.awaitFinished();
        assertThat(queue.count("status = 'completed' and attempt = 1 and last_error is null"))
                .isEqualTo(550);
        assertThat(receiver.requests()).hasSize(550).allSatisfy(request -> {
            assertThat(request.signed()).isTrue();
            assertThat(request.body()).contains("\"specversion\":\"1.0\"", "\"workflow\":\"sync\"");
        });
        Arrivals.assertInOrder(receiver.requests(), all(50, 10));
    }

    @Test
    void aRecordThatFailsHoldsBackOnlyItself() {
        Set<String> failing = ConcurrentHashMap.newKeySet();
        failing.add("7");
        receiver.answers(request -> Answer.of(failing.contains(Arrivals.record(request)) ? 503 : 204));
        deliver(choices -> choices);
        pair.source().run("insert into item select i, 0 from generate_series(1, 20) i");
        pair.source().run("update item set v = 1");
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(
                        () -> assertThat(queue.count("status = 'completed'")).isEqualTo(38));
        assertThat(queue.count("record_id = '7' and status <> 'completed'")).isEqualTo(2);
        assertThat(pair.target()
                        .column("select last_error from understudy.sync_queue where record_id = '7'"
                                + " and operation = 'insert'"))
                .allSatisfy(error -> assertThat(error).contains("503"));
        failing.clear();
        queue.awaitFinished();
        assertThat(queue.count("status = 'completed'")).isEqualTo(40);
        List<String> sevens = receiver.requests().stream()
                .filter(request -> Arrivals.record(request).equals("7"))
                .map(Arrivals::operation)
                .toList();
        assertThat(sevens).endsWith("insert", "update");
        assertThat(sevens.subList(0, sevens.size() - 1)).containsOnly("insert");
    }

    @Test
    void whatTheReceiverRefusesIsKeptAndNotTriedAgain() {
        receiver.answers(request -> Answer.of(
                Arrivals.record(request).equals("1")
                        ? 422
                        : Arrivals.record(request).equals("2") ? 408 : 200));
        pair.source().run("insert into item values (1, 0), (2, 0), (3, 0)");
        pair.source().run("update item set v = 1 where id = 1");
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(queue.count("true")).isEqualTo(4));
        pair.target().run("update understudy.sync_queue set max_attempts = 2");
        deliver(choices -> choices);
        queue.awaitFinished();
        assertThat(queue.each("record_id || ' ' || operation || ' ' || status || ' ' || attempt"))
                .containsExactly(
                        "1 insert discarded 1", "2 insert discarded 2", "3 insert completed 1", "1 update discarded 1");
        assertThat(queue.each("last_error").get(1))
                .startsWith("After 2 attempts")
                .contains("408");
    }

    @Test
    void aReceiverThatIsDownLosesNothingAndUsesUpFewAttempts() {
        receiver.stop();
        deliver(choices -> choices);
        pair.source().run("insert into item select i, 0 from generate_series(1, 3000) i");
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(
                        () -> assertThat(queue.count("status = 'retrying'")).isPositive());
        await().during(Duration.ofSeconds(3)).atMost(DatabasePair.PATIENCE).until(() -> true);
        assertThat(queue.count("attempt > 0")).as("attempts of an outage").isLessThan(1200);
        receiver.start();
        queue.awaitFinished();
        assertThat(queue.count("status = 'completed'")).isEqualTo(3000);
        assertThat(receiver.requests().stream().map(Request::id).distinct()).hasSize(3000);
    }

    @Test
    void severalInstancesShareOneQueueAndKeepItsOrder() {
        receiver.answers(request -> Answer.of(Math.random() < 0.02 ? 500 : 204));
        deliver(choices -> choices);
        deliver(choices -> choices);
        deliver(choices -> choices);
        pair.source().run("insert into item select i, 0 from generate_series(1, 100) i");
        for (int round = 1; round <= 20; round++) {
            pair.source().run("update item set v = " + round);
        }
        queue.awaitFinished();
        assertThat(queue.count("status = 'completed'")).isEqualTo(2100);
        Arrivals.assertInOrder(receiver.requests(), all(100, 20));
    }

    @Test
    void aPausedDestinationGetsNothing() {
        pair.target()
                .run("insert into understudy.sync_pause (mirror, destination) values ('" + pair.name() + "', 'crm')");
        deliver(choices -> choices);
        pair.source().run("insert into item values (1, 0)");
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(
                        () -> assertThat(queue.count("status = 'pending'")).isEqualTo(1));
        await().during(Duration.ofSeconds(2))
                .atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(receiver.requests()).isEmpty());
        pair.target().run("delete from understudy.sync_pause");
        queue.awaitFinished();
        assertThat(receiver.requests()).hasSize(1);
    }

    @Test
    void whatIsFinishedLongEnoughIsRemoved() {
        deliver(settings -> settings.keeping(Duration.ZERO));
        pair.source().run("insert into item select i, 0 from generate_series(1, 30000) i");
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(receiver.arrivals()).isEqualTo(30_000));
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(queue.count("true")).isZero());
    }

    private static Map<String, Integer> all(int records, int last) {
        return IntStream.rangeClosed(1, records).boxed().collect(Collectors.toMap(String::valueOf, id -> last));
    }
}
