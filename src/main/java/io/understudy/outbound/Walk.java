package io.understudy.outbound;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * How far a worker has looked into a queue whose head waits: behind a key that fails there may be hundreds of thousands of
 * deliveries of the same one. What was looked at is not looked at again for a while, only the keys found there are kept,
 * as hashes: whatever has one of them waits.
 *
 * <p>The time that this takes is bounded by rests of many times its length.
 */
final class Walk {

    /** Of 8 bytes each: what is carried goes with every search. Beyond it nothing is looked at before keys are free. */
    private static final int MOST_CARRIED = 200_000;

    private static final int REST_PER_WORK = 10;
    private static final long SHORTEST = Duration.ofSeconds(1).toNanos();

    /** The first id of each stretch, and the keys that are not in those before it. */
    private final TreeMap<Long, Set<Long>> stretches = new TreeMap<>();

    private final Set<Long> carried = new HashSet<>();
    private long place;
    private long began;
    private long work;
    private long burst;
    private long restUntil = System.nanoTime();

    boolean isDue() {
        return stretches.isEmpty() || System.nanoTime() - began > Math.max(SHORTEST, REST_PER_WORK * work);
    }

    void startOver(long from) {
        stretches.clear();
        carried.clear();
        place = from;
        began = System.nanoTime();
        work = 0;
    }

    /** Where to look next. */
    long place() {
        return place;
    }

    /** Hashes of what is open before {@link #place}. */
    Long[] carried() {
        return carried.toArray(Long[]::new);
    }

    boolean mayGoOn() {
        return System.nanoTime() - restUntil >= 0 && carried.size() < MOST_CARRIED;
    }

    /** Nothing up to {@code last} could be claimed. */
    void passed(long last, Collection<Long> keys) {
        Set<Long> added = new HashSet<>(keys);
        added.removeAll(carried);
        carried.addAll(added);
        stretches.put(place, added);
        place = last + 1;
    }

    void worked(long nanos) {
        work += nanos;
        burst += nanos;
    }

    /** The end, or something to claim, was reached. */
    void rest() {
        restUntil = System.nanoTime() + REST_PER_WORK * burst;
        burst = 0;
    }

    /** What waited behind these, in the same stretches or later ones, may go now. */
    void finished(List<Long> ids) {
        for (long id : ids) {
            Long stretch = id < place ? stretches.floorKey(id) : null;
            if (stretch != null) {
                var later = stretches.tailMap(stretch, true);
                later.values().forEach(carried::removeAll);
                later.clear();
                place = stretch;
            }
        }
    }
}
