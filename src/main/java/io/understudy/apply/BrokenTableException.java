package io.understudy.apply;

import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.TableId;

/** One table cannot be written as things are. It is paused; the others go on. */
final class BrokenTableException extends RuntimeException {

    private final transient TableId table;
    private final String remedy;
    private final boolean dependsOnOrder;

    BrokenTableException(TableId table, PostgresFailure failure) {
        super(failure.getMessage() + ".", failure);
        this.table = table;
        this.remedy = Remedy.of(table, failure);
        this.dependsOnOrder = failure.dependsOnOrder();
    }

    BrokenTableException(SchemaDriftException drift) {
        super(drift.getMessage(), drift);
        this.table = drift.table();
        this.remedy = drift.remedy();
        this.dependsOnOrder = false;
    }

    BrokenTableException(TableId table, String cause, String remedy) {
        super(cause);
        this.table = table;
        this.remedy = remedy;
        this.dependsOnOrder = false;
    }

    /** Whether the failure is one table's own, and nothing that waiting will mend. */
    static boolean isOf(TableId table, PostgresFailure failure) {
        return table != null && (!failure.passes() || failure.isLocked());
    }

    TableId table() {
        return table;
    }

    String remedy() {
        return remedy;
    }

    /** Whether the changes, one by one in their original order, may pass all the same. */
    boolean dependsOnOrder() {
        return dependsOnOrder;
    }
}
