package io.understudy.stream;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A queue in this process, bounded by weight: rows of a hundred bytes and of a hundred megabytes fit the same heap. One
 * part is always let in, however heavy, or a single large one would wait for ever.
 */
public final class InProcessTransport implements ChangeTransport {

    private final long capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition roomier = lock.newCondition();
    private final Condition fuller = lock.newCondition();
    private final Deque<TransactionPart> parts = new ArrayDeque<>();
    private long weight;
    private volatile long published;
    private boolean closed;
    private RuntimeException failure;

    public InProcessTransport(long capacityBytes) {
        this.capacity = capacityBytes;
    }

    @Override
    public boolean publish(TransactionPart part, Duration patience) throws InterruptedException {
        long nanos = patience.toNanos();
        lock.lockInterruptibly();
        try {
            while (!closed && !parts.isEmpty() && weight + part.weight() > capacity) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = roomier.awaitNanos(nanos);
            }
            if (closed) {
                return false;
            }
            parts.add(part);
            weight += part.weight();
            published++;
            fuller.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void fail(RuntimeException cause) {
        lock.lock();
        try {
            if (failure == null) {
                failure = cause;
            }
            fuller.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<TransactionPart> receive(Duration patience) throws InterruptedException {
        long nanos = patience.toNanos();
        lock.lockInterruptibly();
        try {
            while (parts.isEmpty()) {
                if (failure != null) {
                    throw failure;
                }
                if (closed || nanos <= 0) {
                    return Optional.empty();
                }
                nanos = fuller.awaitNanos(nanos);
            }
            TransactionPart part = parts.poll();
            weight -= part.weight();
            roomier.signal();
            return Optional.of(part);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long published() {
        return published;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            roomier.signalAll();
            fuller.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
