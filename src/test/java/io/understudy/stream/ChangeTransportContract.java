package io.understudy.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.understudy.masking.MaskedRow;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.TableId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every transport keeps, whatever carries it. An implementation extends this class and makes one of its own. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class ChangeTransportContract {

    private static final Shape SHAPE = new Shape(new TableId("public", "t"), List.of("id"));
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private ChangeTransport transport;

    /** @param capacityBytes by weight of the parts */
    abstract ChangeTransport transport(long capacityBytes);

    @AfterEach
    void close() {
        if (transport != null) {
            transport.close();
        }
    }

    @Test
    void carriesPartsInOrderOnceEach() throws InterruptedException {
        transport = transport(1 << 20);
        for (int i = 1; i <= 100; i++) {
            transport.publish(part(i, 10), PATIENCE);
        }
        for (int i = 1; i <= 100; i++) {
            assertThat(transport.receive(PATIENCE))
                    .map(ChangeTransportContract::number)
                    .contains((long) i);
        }
        assertThat(transport.receive(Duration.ZERO)).isEmpty();
        assertThat(transport.published()).isEqualTo(100);
    }

    @Test
    void givesUpWaitingAfterItsPatience() throws InterruptedException {
        transport = transport(1000);
        assertThat(transport.receive(Duration.ofMillis(5))).isEmpty();
    }

    @Test
    void handsAPartToAReceiverThatAlreadyWaits() throws Exception {
        transport = transport(1000);
        CompletableFuture<Optional<TransactionPart>> receiving = async(() -> transport.receive(PATIENCE));
        transport.publish(part(7, 1), PATIENCE);
        assertThat(receiving.get(1, TimeUnit.MINUTES))
                .map(ChangeTransportContract::number)
                .contains(7L);
    }

    @Test
    void makesThePublisherWaitWhileItIsFull() throws Exception {
        TransactionPart part = part(1, 1000);
        transport = transport(part.weight() * 2);
        transport.publish(part, PATIENCE);
        transport.publish(part(2, 1000), PATIENCE);
        Thread publisher = new Thread(() -> quietly(() -> transport.publish(part(3, 1000), PATIENCE)));
        publisher.start();
        awaitBlocked(publisher);
        assertThat(transport.published()).isEqualTo(2);

        transport.receive(PATIENCE);

        publisher.join();
        assertThat(transport.published()).isEqualTo(3);
    }

    @Test
    void doesNotTakeAPartForWhichThereWasNoRoomInTime() throws InterruptedException {
        transport = transport(10);
        transport.publish(part(1, 1000), PATIENCE);
        assertThat(transport.publish(part(2, 1000), Duration.ofMillis(5))).isFalse();
        assertThat(transport.published()).isEqualTo(1);
        assertThat(transport.receive(PATIENCE))
                .map(ChangeTransportContract::number)
                .contains(1L);
        assertThat(transport.receive(Duration.ZERO)).isEmpty();
    }

    @Test
    void letsOnePartInHoweverHeavy() throws InterruptedException {
        transport = transport(10);
        assertThat(transport.publish(part(1, 1 << 20), PATIENCE)).isTrue();
        assertThat(transport.receive(PATIENCE))
                .map(ChangeTransportContract::number)
                .contains(1L);
    }

    @Test
    void tellsAFailureAfterEverythingThatWasPublishedBeforeIt() throws InterruptedException {
        transport = transport(1 << 20);
        transport.publish(part(1, 1), PATIENCE);
        transport.publish(part(2, 1), PATIENCE);
        transport.fail(new CaptureFailure("gone", null));
        transport.fail(new CaptureFailure("said twice", null));
        assertThat(transport.receive(PATIENCE))
                .map(ChangeTransportContract::number)
                .contains(1L);
        assertThat(transport.receive(PATIENCE))
                .map(ChangeTransportContract::number)
                .contains(2L);
        assertThatThrownBy(() -> transport.receive(PATIENCE))
                .isInstanceOf(CaptureFailure.class)
                .hasMessage("gone");
        assertThatThrownBy(() -> transport.receive(PATIENCE))
                .isInstanceOf(CaptureFailure.class)
                .hasMessage("gone");
    }

    @Test
    void tellsAFailureToAReceiverThatAlreadyWaits() {
        transport = transport(1000);
        CompletableFuture<Optional<TransactionPart>> receiving = async(() -> transport.receive(PATIENCE));
        transport.fail(new CaptureFailure("gone", null));
        assertThatThrownBy(() -> receiving.get(1, TimeUnit.MINUTES)).hasRootCauseMessage("gone");
    }

    @Test
    void closingFreesABlockedPublisherWhosePartWasNotTaken() throws Exception {
        transport = transport(10);
        transport.publish(part(1, 1000), PATIENCE);
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        CompletableFuture<Boolean> publishing = async(() -> {
            thread.complete(Thread.currentThread());
            return transport.publish(part(2, 1000), PATIENCE);
        });
        awaitBlocked(thread.get());

        transport.close();

        assertThat(publishing.get(1, TimeUnit.MINUTES)).isFalse();
        assertThat(transport.published()).isEqualTo(1);
    }

    @Test
    void closingFreesAWaitingReceiver() throws Exception {
        transport = transport(10);
        CompletableFuture<Optional<TransactionPart>> receiving = async(() -> transport.receive(PATIENCE));
        transport.close();
        assertThat(receiving.get(1, TimeUnit.MINUTES)).isEmpty();
    }

    private static TransactionPart part(long number, int letters) {
        Change change = new Change.Insert(SHAPE, MaskedRow.released(new String[] {"x".repeat(letters)}));
        return new TransactionPart(
                List.of(change),
                change.weight(),
                Optional.of(new TransactionPart.Commit(new Lsn(number), Instant.EPOCH)));
    }

    private static long number(TransactionPart part) {
        return part.commit().orElseThrow().lsn().value();
    }

    private static void awaitBlocked(Thread thread) {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(thread.getState()).isIn(Thread.State.WAITING, Thread.State.TIMED_WAITING));
    }

    private interface Work<T> {
        T run() throws InterruptedException;
    }

    private static <T> CompletableFuture<T> async(Work<T> work) {
        return CompletableFuture.supplyAsync(() -> quietly(work), task -> new Thread(task).start());
    }

    private static <T> T quietly(Work<T> work) {
        try {
            return work.run();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
