package io.understudy.postgres;

/** A sequence of a schema that holds mirrored tables. */
public record Sequence(TableId id) {}
