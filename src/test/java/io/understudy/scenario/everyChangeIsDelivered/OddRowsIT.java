package io.understudy.scenario.everyChangeIsDelivered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.DatabasePair;
import io.understudy.Delivering;
import io.understudy.Queue;
import io.understudy.Receiver;
import io.understudy.Receiver.Answer;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of the queue that are unlike others, put there as they are. */
class OddRowsIT {

    private DatabasePair pair;
    private Queue queue;
    private Receiver receiver;

    @BeforeEach
    void open() {
        pair = new DatabasePair();
        queue = new Queue(pair);
        receiver = Receiver.open();
        pair.both("create table item (id int primary key, v int)").adopt();
        queue.configure("item", "crm");
    }

    @AfterEach
    void close() throws SQLException {
        receiver.close();
        pair.close();
    }

    /** @param also the ordering key before, in SQL */
    private void enqueue(String record, String operation, String payload, String also) {
        pair.target().run("""
                insert into understudy.sync_queue (mirror, schema_name, table_name, destination, record_id, operation,
                    payload, idempotency_key, ordering_key, also_after, max_attempts, commit_lsn, ordinal)
                values ('%s', 'public', 'item', 'crm', '%s', '%s', %s, gen_random_uuid(), '%s', %s, 20, '0/1', 1)
                """.formatted(pair.name(), record, operation, payload, record, also));
    }

    private static String payload(String record, String operation) {
        return "jsonb_build_object('operation', '" + operation + "', 'recordId', '" + record + "')";
    }

    private void enqueue(String record, String operation) {
        enqueue(record, operation, payload(record, operation), "null");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jsonb_build_object('row', repeat('7', 1500)::numeric)",
                "jsonb_build_object('row', (repeat('[', 1200) || repeat(']', 1200))::jsonb)",
                "'{\"commitTime\": \"no time\"}'",
                "'{\"commitTime\": {}}'",
                "'[]'"
            })
    void anOddPayloadDoesNotHoldBackOthers(String odd) {
        enqueue("1", "insert", odd, "null");
        enqueue("2", "insert");
        Delivering delivering = Delivering.to(pair, receiver, choices -> choices);
        try {
            await().atMost(DatabasePair.PATIENCE)
                    .untilAsserted(() -> assertThat(queue.count("record_id = '2' and status = 'completed'"))
                            .isEqualTo(1));
        } finally {
            delivering.close();
        }
    }

    @Test
    void aKeyThatChangesStandsInTheOrderOfBoth() {
        Set<String> failing = ConcurrentHashMap.newKeySet();
        failing.addAll(List.of("1", "4"));
        receiver.answers(request -> Answer.of(failing.contains(Arrivals.record(request)) ? 503 : 204));
        enqueue("1", "insert");
        enqueue("2", "update", payload("2", "update"), "'1'");
        enqueue("2", "delete");
        enqueue("1", "insert");
        // A chain: 4 becomes 5, which becomes 6; another 4 comes.
        enqueue("4", "insert");
        enqueue("5", "update", payload("5", "update"), "'4'");
        enqueue("6", "update", payload("6", "update"), "'5'");
        enqueue("4", "insert");
        enqueue("6", "delete");
        enqueue("7", "insert");
        Delivering delivering = Delivering.to(pair, receiver, choices -> choices);
        try {
            await().atMost(DatabasePair.PATIENCE)
                    .untilAsserted(() -> assertThat(queue.count("attempt > 1")).isEqualTo(2));
            assertThat(queue.each("record_id || ' ' || attempt"))
                    .as("only what comes first is tried")
                    .filteredOn(row -> !row.endsWith(" 0"))
                    .allMatch(row -> row.startsWith("1 ") || row.startsWith("4 ") || row.equals("7 1"))
                    .hasSize(3);
            failing.clear();
            queue.awaitFinished(10);
        } finally {
            delivering.close();
        }
        List<String> arrived = receiver.requests().stream()
                .map(request -> Arrivals.operation(request) + Arrivals.record(request))
                .toList();
        assertThat(arrived).containsSubsequence("insert1", "update2", "delete2");
        assertThat(arrived).containsSubsequence("insert1", "update2", "insert1");
        assertThat(arrived).containsSubsequence("insert4", "update5", "update6", "delete6");
        assertThat(arrived).containsSubsequence("insert4", "update5", "insert4");
    }

    @Test
    void oneRecordWithAVeryLongQueueHoldsBackNobodyElse() {
        Set<String> failing = ConcurrentHashMap.newKeySet();
        failing.add("stuck");
        receiver.answers(request -> Answer.of(failing.contains(Arrivals.record(request)) ? 503 : 204));
        pair.target().run("""
                insert into understudy.sync_queue (mirror, schema_name, table_name, destination, record_id, operation,
                    payload, idempotency_key, ordering_key, max_attempts, commit_lsn, ordinal)
                select '%s', 'public', 'item', 'crm', i, 'update',
                       jsonb_build_object('operation', 'update', 'recordId', case when i <= 60000 then 'stuck' else i::text end),
                       'k' || i, case when i <= 60000 then 'stuck' else i::text end, 1000, '0/1', 1
                  from generate_series(1, 60300) i
                """.formatted(pair.name()));
        Delivering delivering = Delivering.to(pair, receiver, choices -> choices);
        try {
            await().atMost(DatabasePair.PATIENCE)
                    .untilAsserted(() ->
                            assertThat(queue.count("status = 'completed'")).isEqualTo(300));
            failing.clear();
            await().atMost(DatabasePair.PATIENCE)
                    .untilAsserted(() ->
                            assertThat(queue.count("status = 'completed'")).isGreaterThan(3000));
        } finally {
            delivering.close();
        }
    }

    @Test
    void whatIsTriedWhileTheDestinationIsDownUsesUpNoAttempts() {
        receiver.answers(request -> Answer.of(503));
        for (int record = 1; record <= 6; record++) {
            enqueue(String.valueOf(record), "insert");
        }
        pair.target().run("update understudy.sync_queue set max_attempts = 3");
        Delivering delivering = Delivering.to(pair, receiver, choices -> choices);
        try {
            await().atMost(DatabasePair.PATIENCE)
                    .untilAsserted(() -> assertThat(receiver.requests()).hasSizeGreaterThan(10));
            receiver.answers(request -> Answer.of(204));
            queue.awaitFinished(6);
            assertThat(queue.count("status = 'completed'")).isEqualTo(6);
        } finally {
            delivering.close();
        }
    }
}
