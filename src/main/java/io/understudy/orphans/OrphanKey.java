package io.understudy.orphans;

import io.understudy.postgres.Constraint;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.understudy.rules.Rule;
import java.util.List;
import java.util.Optional;

/**
 * A foreign key, as both sides have it. One that a side has not is counted there all the same, by the other side's
 * definition, if its tables and columns are there.
 *
 * @param rowKey the columns by which a row of the child is found at the target; empty when there is no such key
 * @param indexed whether an index of the target begins with its columns: without one each delete of a parent reads the
 *     whole child
 * @param child empty when it is not mirrored
 * @param parent likewise
 * @param rule what the settings do with rows that break it; empty when production keeps it by itself
 */
public record OrphanKey(
        Side source,
        Side target,
        List<String> rowKey,
        boolean indexed,
        Optional<MirroredTable> child,
        Optional<MirroredTable> parent,
        Optional<Rule> rule) {

    /**
     * @param declared the constraint, where this side has it
     * @param counted by what its rows are judged; empty where that is not possible
     * @param table the child here
     */
    public record Side(Optional<Constraint> declared, Optional<Constraint> counted, Optional<Table> table) {

        /** Whether the server has looked at every row. */
        public boolean isValidated() {
            return declared.map(Constraint::validated).orElse(false);
        }
    }

    /** The target's, or else the source's. */
    public Constraint constraint() {
        return target.declared().or(source::declared).orElseThrow();
    }

    /** By which it is named: {@code schema.table.constraint}. */
    public String path() {
        return constraint().path();
    }

    public TableId table() {
        return constraint().table();
    }

    public TableId referenced() {
        return constraint().referenced().orElseThrow();
    }

    /** {@code column a} or {@code columns a, b}. */
    public String columns() {
        List<String> columns = constraint().columns();
        return (columns.size() == 1 ? "column " : "columns ") + String.join(", ", columns);
    }

    /** Whether rows of the target can be looked at and changed. */
    public boolean isAtTarget() {
        return target.counted().isPresent();
    }

    @Override
    public String toString() {
        return path();
    }
}
