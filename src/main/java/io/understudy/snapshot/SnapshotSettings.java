package io.understudy.snapshot;

/**
 * @param workers how many copies run at once; each takes one connection at the source and one at the target
 * @param chunkBytes a table larger than this is copied in chunks of about this size, by several workers
 */
public record SnapshotSettings(int workers, long chunkBytes) {}
