package io.understudy.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.DatabasePair;
import io.understudy.Queue;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.SessionSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The target answers a sign of life late, after the worker saw its lease to be over. */
class LeaseRevivalIT {

    @Test
    void aSignAnsweredLateDoesNotReviveALeaseThatWasSeenToBeOver() throws Exception {
        try (DatabasePair pair = new DatabasePair()) {
            pair.both("create table item (id int primary key, v int)").adopt();
            new Queue(pair).configure("item", "crm");
            pair.target().run("""
                    insert into understudy.sync_queue (mirror, schema_name, table_name, destination, record_id, operation, payload,
                        idempotency_key, ordering_key, max_attempts, commit_lsn, ordinal)
                    select '%s', 'public', 'item', 'crm', i, 'insert', '{}', 'k' || i, 'o' || i, 20, '0/1', i from generate_series(1, 40) i
                    """.formatted(pair.name()));
            List<CompletableFuture<Outcome>> open = new CopyOnWriteArrayList<>();
            AtomicInteger sent = new AtomicInteger();
            AtomicInteger closed = new AtomicInteger();
            class Holding implements Sink {
                public CompletionStage<Outcome> send(Delivery delivery) {
                    CompletableFuture<Outcome> answer = new CompletableFuture<>();
                    if (sent.incrementAndGet() <= 10) {
                        open.add(answer);
                    } else {
                        answer.complete(new Outcome.Delivered());
                    }
                    return answer;
                }

                public boolean keepsOrder() {
                    return false;
                }

                public void close() {
                    closed.incrementAndGet();
                }
            }
            Destination to = Destination.parse(
                    "crm",
                    "http://127.0.0.1:9/",
                    Optional.of(new SigningSecret(io.understudy.Receiver.SECRET)),
                    Duration.ofSeconds(1),
                    10);
            OutboundSettings settings = OutboundSettings.NONE.to(Map.of("crm", to), List.of("127.0.0.1"));
            Lease lease = new Lease(Duration.ofSeconds(3));
            UUID me = lease.next();
            lease.renewed(me, System.nanoTime());
            PostgresClient target =
                    PostgresClient.open(pair.vertx(), pair.target().url(), new SessionSettings("lease", false), 3);
            Housekeeping housekeeping = new Housekeeping(target, pair.name(), settings, lease.length());
            DeliveryWorker worker =
                    new DeliveryWorker(to, Holding::new, target, pair.name(), settings, lease, DeliveryObserver.NONE);
            worker.start();
            Thread.sleep(1500);
            UUID signed = lease.next();
            long signedAt = System.nanoTime();
            while (closed.get() == 0) {
                Thread.sleep(20);
            }
            assertThat(lease.renewed(signed, signedAt)).isFalse();
            Thread.sleep(200);
            open.forEach(answer -> answer.complete(new Outcome.Retry("closed")));
            long until = System.nanoTime() + 25_000_000_000L;
            while (System.nanoTime() < until) {
                UUID next = lease.next();
                if (!lease.holds(next)) {
                    housekeeping.enroll(next);
                }
                lease.renewed(next, System.nanoTime());
                housekeeping.rescueUnknown();
                Thread.sleep(500);
            }
            List<String> statuses = pair.target().column("select distinct status from understudy.sync_queue");
            worker.stop();
            worker.awaitEnd(10_000);
            target.close();
            assertThat(statuses).containsExactly("completed");
        }
    }
}
