package io.understudy.apply;

import io.understudy.postgres.Lsn;
import io.understudy.postgres.MirroredTable;

/**
 * A table as both sides had it when they were last looked at.
 *
 * @param asOf where the source's log was just before: whatever is different in an older change is of the past, in a
 *     newer one it is news
 */
public record Sight(MirroredTable table, Lsn asOf) {}
