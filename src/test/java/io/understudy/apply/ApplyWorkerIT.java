package io.understudy.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.DatabasePair;
import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableForm;
import io.understudy.ledger.TableState;
import io.understudy.masking.MaskedRow;
import io.understudy.outbound.OutboundSettings;
import io.understudy.postgres.Catalog;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import io.understudy.stream.Change;
import io.understudy.stream.ChangeCapture;
import io.understudy.stream.InProcessTransport;
import io.understudy.stream.Shape;
import io.understudy.stream.TransactionPart;
import io.understudy.stream.TransactionPart.Commit;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Parts that arrive with pauses between them: what a slow network makes of a large transaction. */
class ApplyWorkerIT {

    private static final TableId ITEM = new TableId("public", "item");
    private static final Shape SHAPE = new Shape(ITEM, List.of("id"));

    /** A capture that has long drained the source up to somewhere beyond everything that is published. */
    private record Drained(Lsn drained) implements ChangeCapture {
        @Override
        public void start() {}

        @Override
        public void acknowledge(Lsn commit) {}

        @Override
        public void close() {}
    }

    @Test
    void halfALargeTransactionIsNotCommittedByAnIdleMoment() throws Exception {
        Vertx vertx = Vertx.vertx();
        try (DatabasePair pair = new DatabasePair()) {
            pair.both("create table item (id int primary key)").adopt();
            try (TargetDatabase target =
                            TargetDatabase.open(vertx, pair.target().url(), "apply_worker");
                    InProcessTransport transport = new InProcessTransport(1 << 20)) {
                Checkpoint checkpoint = new Checkpoint(target.client(), "apply_worker");
                checkpoint.beginCopy();
                checkpoint.finishCopy(new Lsn(100), session -> {});
                Table table = Catalog.read(target.client()).table(ITEM).orElseThrow();
                ApplyWorker worker = new ApplyWorker(
                        target.client(),
                        transport,
                        checkpoint,
                        Checkpoint.State.copied(new Lsn(100)),
                        List.of(TableEntry.waiting(table, 0)
                                .copiedAt(new Lsn(100))
                                .in(new TableState.Streaming())),
                        List.of(new Sight(
                                new MirroredTable(table, table, List.of("id"), Set.of()),
                                TableForm.of(table, Optional.empty(), Optional.empty()),
                                Map.of(),
                                new Lsn(100))),
                        new ApplySettings(1000, 1 << 20, 1 << 20),
                        OutboundSettings.NONE,
                        new Drained(new Lsn(1L << 30)));
                publish(transport, "1", Optional.of(new Commit(new Lsn(200), Instant.now())));
                publish(transport, "2", Optional.empty());
                Thread thread = new Thread(() -> run(worker));
                thread.start();
                try {
                    await().atMost(DatabasePair.PATIENCE)
                            .untilAsserted(() -> assertThat(ids(pair)).containsExactly("1"));
                    await().during(Duration.ofSeconds(1))
                            .atMost(DatabasePair.PATIENCE)
                            .untilAsserted(() -> assertThat(ids(pair)).containsExactly("1"));
                    publish(transport, "3", Optional.of(new Commit(new Lsn(300), Instant.now())));
                    await().atMost(DatabasePair.PATIENCE)
                            .untilAsserted(() -> assertThat(ids(pair)).containsExactly("1", "2", "3"));
                } finally {
                    worker.stop();
                    thread.join();
                }
            }
        } finally {
            vertx.close();
        }
    }

    private static void publish(InProcessTransport transport, String id, Optional<Commit> commit)
            throws InterruptedException {
        transport.publish(
                new TransactionPart(
                        List.of(new Change.Insert(SHAPE, MaskedRow.released(new String[] {id}))), 100, commit),
                Duration.ofSeconds(1));
    }

    private static List<String> ids(DatabasePair pair) {
        return pair.target().column("select id from item order by id");
    }

    private static void run(ApplyWorker worker) {
        try {
            worker.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
