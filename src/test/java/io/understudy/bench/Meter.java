package io.understudy.bench;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Runs from its making until {@link #read}: the wall's clock, both servers' processor time, and the whole machine's.
 */
final class Meter {

    private static final long POLL_MILLIS = 100;

    private final BenchServer source;
    private final BenchServer target;
    private final long startedAt = System.nanoTime();
    private final double sourceBefore;
    private final double targetBefore;
    private final double machineBefore;
    private double begunAfter = Double.NaN;

    Meter(BenchServer source, BenchServer target) {
        this.source = source;
        this.target = target;
        this.sourceBefore = source.cpuSeconds();
        this.targetBefore = target.cpuSeconds();
        this.machineBefore = Proc.machineSeconds();
    }

    /** The start of the process is over; what it was started for begins now. */
    void begun() {
        begunAfter = elapsed();
    }

    private double elapsed() {
        return (System.nanoTime() - startedAt) / 1e9;
    }

    /** Of a peer that lives in the servers. */
    Measurement read(String peer) {
        return read(peer, Double.NaN, Double.NaN, "-");
    }

    /** Of a peer that is a process and still runs. */
    Measurement read(String peer, long pid, String heap) {
        return read(peer, Proc.treeSeconds(pid), Proc.peakMegabytes(pid), heap);
    }

    Measurement read(String peer, double clientCpu, double peakMegabytes, String heap) {
        double seconds = elapsed();
        double sourceCpu = source.cpuSeconds() - sourceBefore;
        double targetCpu = target.cpuSeconds() - targetBefore;
        double machine = Proc.machineSeconds() - machineBefore;
        double others = machine - sourceCpu - targetCpu - (Double.isNaN(clientCpu) ? 0 : clientCpu);
        return new Measurement(
                peer,
                seconds,
                seconds - begunAfter,
                clientCpu,
                sourceCpu,
                targetCpu,
                Math.max(others, 0),
                peakMegabytes,
                heap);
    }

    static void await(String what, Duration limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + limit.toSeconds() + " s: " + what);
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }
}
