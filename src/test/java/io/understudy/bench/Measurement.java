package io.understudy.bench;

/**
 * What one peer needed for one task.
 *
 * @param seconds from its start, the start of a process included, to the last row
 * @param ownSeconds without the start of the process; NaN where there is none
 * @param clientCpuSeconds processor time of the peer's own process; NaN where it lives in the servers
 * @param otherCpuSeconds of everything else on the machine during that time: the noise
 */
record Measurement(
        String peer,
        double seconds,
        double ownSeconds,
        double clientCpuSeconds,
        double sourceCpuSeconds,
        double targetCpuSeconds,
        double otherCpuSeconds,
        double peakMegabytes,
        String heap) {}
