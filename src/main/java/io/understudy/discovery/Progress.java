package io.understudy.discovery;

import io.understudy.postgres.TableId;

/** Who is told which table is looked at. */
public interface Progress {

    void at(TableId table, int done, int of);
}
