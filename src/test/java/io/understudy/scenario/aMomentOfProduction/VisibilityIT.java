package io.understudy.scenario.aMomentOfProduction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.Database;
import io.understudy.DatabasePair;
import io.understudy.mirror.Mirror;
import java.sql.Connection;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A production transaction is never half visible at the target. */
class VisibilityIT {

    @Test
    void aTransactionOfFiftyThousandRowsAppearsAsAWhole() throws Exception {
        try (DatabasePair pair = new DatabasePair()) {
            pair.both("create table entry (id int primary key, amount text not null)")
                    .adopt();
            Mirror mirror = pair.start();
            pair.awaitReached(mirror);
            try (Reader reader = new Reader(pair, "select count(*) from entry")) {
                pair.source().run("insert into entry select i, repeat('x', 100) from generate_series(1, 50000) i");
                pair.awaitReached(mirror);
                reader.awaitOneMoreLook();
                assertThat(reader.seen()).isSubsetOf("0", "50000").contains("50000");
                assertThat(reader.looks()).isGreaterThan(10);
            }
            pair.assertEqual();
        }
    }

    @Test
    void transactionsThatAreGroupedKeepTheirInvariant() throws Exception {
        try (DatabasePair pair = new DatabasePair()) {
            pair.both("create table account (id int primary key, balance int not null)")
                    .adopt();
            pair.source().run("insert into account select i, 100 from generate_series(1, 20) i");
            Mirror mirror = pair.start();
            pair.awaitReached(mirror);
            try (Reader reader = new Reader(pair, "select sum(balance) from account");
                    Connection writer = pair.source().connect()) {
                writer.setAutoCommit(false);
                for (int i = 0; i < 2000; i++) {
                    writer.createStatement()
                            .execute("update account set balance = balance - 1 where id = " + (i % 20 + 1));
                    writer.createStatement()
                            .execute("update account set balance = balance + 1 where id = " + ((i * 7 + 3) % 20 + 1));
                    writer.commit();
                }
                pair.awaitReached(mirror);
                reader.awaitOneMoreLook();
                assertThat(reader.seen()).containsExactly("2000");
            }
            pair.assertEqual();
        }
    }

    /** Looks at the target again and again, and keeps every different answer. */
    private static final class Reader implements AutoCloseable {

        private final Set<String> seen = new ConcurrentSkipListSet<>();
        private final AtomicLong looks = new AtomicLong();
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final Thread thread;

        Reader(DatabasePair pair, String sql) {
            thread = new Thread(() -> {
                try (Connection connection = pair.target().connect()) {
                    while (!stopped.get()) {
                        seen.addAll(Database.column(connection, sql));
                        looks.incrementAndGet();
                    }
                } catch (java.sql.SQLException e) {
                    seen.add(e.toString());
                }
            });
            thread.start();
        }

        Set<String> seen() {
            return seen;
        }

        long looks() {
            return looks.get();
        }

        /** One that began after now. */
        void awaitOneMoreLook() {
            long before = looks.get();
            await().atMost(DatabasePair.PATIENCE)
                    .untilAsserted(() -> assertThat(looks.get()).isGreaterThan(before + 1));
        }

        @Override
        public void close() {
            stopped.set(true);
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
