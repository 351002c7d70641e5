package io.understudy.apply;

import io.understudy.ledger.TableState;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.TableId;

/** One table cannot be written as things are. It is paused; the others go on. */
final class BrokenTableException extends RuntimeException {

    private final transient TableId table;
    private final String remedy;
    private final boolean dependsOnOrder;
    private final boolean needsCopy;

    BrokenTableException(TableId table, PostgresFailure failure) {
        super(failure.getMessage() + ".", failure);
        this.table = table;
        this.remedy = Remedy.of(table, failure);
        this.dependsOnOrder = failure.dependsOnOrder();
        this.needsCopy = false;
    }

    BrokenTableException(SchemaDriftException drift) {
        super(drift.getMessage(), drift);
        this.table = drift.table();
        this.remedy = drift.remedy();
        this.dependsOnOrder = false;
        this.needsCopy = false;
    }

    BrokenTableException(TableId table, String cause, String remedy) {
        this(table, cause, remedy, false);
    }

    private BrokenTableException(TableId table, String cause, String remedy, boolean needsCopy) {
        super(cause);
        this.table = table;
        this.remedy = remedy;
        this.dependsOnOrder = false;
        this.needsCopy = needsCopy;
    }

    /** The source's table is not as it was seen. */
    static BrokenTableException altered(TableId table) {
        return new BrokenTableException(
                table,
                "The source has altered " + table + "; both sides are looked at.",
                TableState.Paused.LOOKING,
                false);
    }

    /** The change has values for a column of which nobody can tell any more what became of it. */
    static BrokenTableException unknownColumn(TableId table, String column) {
        return new BrokenTableException(
                table,
                "A change of " + table + " has a column " + column + " that was gone when the source was looked at.",
                "Nothing: it is copied again.",
                true);
    }

    /** Whether only a new copy brings it back. */
    boolean needsCopy() {
        return needsCopy;
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
