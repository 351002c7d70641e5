package io.understudy.scenario.everyChangeIsDelivered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.DatabasePair;
import io.understudy.Delivering;
import io.understudy.Queue;
import io.understudy.Receiver;
import io.understudy.Receiver.Answer;
import io.understudy.mirror.Mirror;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a row or a configuration holds, the mirror goes on, and so do the other deliveries. */
class OddDeliveriesIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'[1' || repeat('0', 140000) || ']'", // beyond numeric, without an exponent
                "repeat('[', 19000) || repeat(']', 19000)" // json takes it, jsonb does not
            })
    void aJsonThatJsonbCannotHoldDoesNotBlockTheMirror(String value) throws SQLException {
        try (DatabasePair pair = new DatabasePair()) {
            Queue queue = new Queue(pair);
            pair.both("create table item (id int primary key, v json)").adopt();
            queue.configure("item", "crm");
            Mirror mirror = pair.start();
            pair.awaitStreaming(mirror);
            queue.awaitInForce();
            pair.source().run("insert into item values (1, (" + value + ")::json)");
            pair.awaitReached(mirror);
            assertThat(queue.count("true")).isEqualTo(1);
        }
    }

    @Test
    void aNullAmongColumnsDoesNotEndTheMirror() throws SQLException {
        try (DatabasePair pair = new DatabasePair()) {
            Queue queue = new Queue(pair);
            pair.both("create table item (id int primary key, v text)").adopt();
            Mirror mirror = pair.start();
            pair.awaitStreaming(mirror);
            queue.configure("item", "crm", "columns = '{v,NULL}'").awaitInForce();
            pair.source().run("insert into item values (1, 'a')");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(pair.target().count("select count(*) from item"))
                            .isEqualTo(1));
        }
    }

    @Test
    void aTableThatGetsTheNameOfAConfigurationDoesNotBlockTheMirror() throws SQLException {
        try (DatabasePair pair = new DatabasePair()) {
            Queue queue = new Queue(pair);
            pair.both("create table item (id int primary key, v text)").adopt();
            queue.configure("item", "crm").configure("thing", "crm");
            Mirror mirror = pair.start();
            pair.awaitStreaming(mirror);
            queue.awaitInForce();
            pair.both("alter table item rename to thing");
            pair.source().run("insert into thing values (1, 'a')");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(pair.target().count("select count(*) from thing"))
                            .isEqualTo(1));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"repeat('7', 1500)::numeric, null", "null, (repeat('[', 1200) || repeat(']', 1200))::jsonb"})
    void anOddValueDoesNotHoldBackOthers(String odd) throws SQLException {
        try (DatabasePair pair = new DatabasePair();
                Receiver receiver = Receiver.open()) {
            Queue queue = new Queue(pair);
            pair.both("create table item (id int primary key, n numeric, v jsonb)")
                    .adopt();
            queue.configure("item", "crm");
            Mirror mirror = pair.start();
            pair.awaitStreaming(mirror);
            queue.awaitInForce();
            pair.source().run("insert into item values (1, " + odd + "), (2, 1, '1')");
            pair.awaitReached(mirror);
            Delivering delivering = Delivering.to(pair, receiver, choices -> choices);
            try {
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(queue.count("record_id = '2' and status = 'completed'"))
                                .isEqualTo(1));
            } finally {
                delivering.close();
            }
        }
    }

    @Test
    void aKeyThatChangesKeepsTheOrderOfItsRecord() throws SQLException {
        try (DatabasePair pair = new DatabasePair();
                Receiver receiver = Receiver.open()) {
            Queue queue = new Queue(pair);
            pair.both("create table item (id int primary key)").adopt();
            queue.configure("item", "crm");
            Mirror mirror = pair.start();
            pair.awaitStreaming(mirror);
            queue.awaitInForce();
            long began = System.nanoTime();
            receiver.answers(request -> Answer.of(
                    Arrivals.record(request).equals("1") && System.nanoTime() - began < 4_000_000_000L ? 503 : 204));
            Delivering delivering = Delivering.to(pair, receiver, choices -> choices);
            try {
                pair.source().run("insert into item values (1)");
                pair.source().run("update item set id = 2 where id = 1");
                pair.source().run("delete from item where id = 2");
                queue.awaitFinished(3);
                List<String> arrived = receiver.requests().stream()
                        .map(request -> Arrivals.operation(request) + Arrivals.record(request))
                        .toList();
                assertThat(arrived).endsWith("insert1", "update2", "delete2");
            } finally {
                delivering.close();
            }
        }
    }
}
