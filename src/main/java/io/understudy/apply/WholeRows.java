package io.understudy.apply;

import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * By how many rows of each content the batch changes a table without a key: an insert is one more, a delete one less,
 * an update both. Rows have no identity there, so their order says nothing either.
 */
final class WholeRows implements Step {

    private final WholeRowWriter writer;
    private final Map<List<String>, Integer> changes = new LinkedHashMap<>();

    WholeRows(WholeRowWriter writer) {
        this.writer = writer;
    }

    WholeRowWriter writer() {
        return writer;
    }

    void insert(String[] row) {
        changes.merge(Arrays.asList(row), 1, Integer::sum);
    }

    void delete(String[] oldRow) {
        changes.merge(Arrays.asList(oldRow), -1, Integer::sum);
    }

    /** Deletes first, so that unique values they hold are free for the others. */
    @Override
    public List<Statement> statements() {
        List<String[]> deleted = new ArrayList<>();
        List<Integer> times = new ArrayList<>();
        List<String[]> inserted = new ArrayList<>();
        changes.forEach((values, change) -> {
            String[] row = values.toArray(String[]::new);
            if (change < 0) {
                deleted.add(row);
                times.add(-change);
            }
            inserted.addAll(Collections.nCopies(Math.max(0, change), row));
        });
        List<Statement> statements = new ArrayList<>();
        if (!deleted.isEmpty()) {
            int expected = times.stream().mapToInt(Integer::intValue).sum();
            add(statements, writer.delete(), writer.deleteArguments(deleted, times), expected);
        }
        if (!inserted.isEmpty()) {
            add(statements, writer.insert(), writer.rowArguments(inserted), Statement.ANY);
        }
        return statements;
    }

    private void add(List<Statement> statements, String sql, Tuple arguments, int expectedRows) {
        statements.add(new Statement(writer.table().id(), sql, arguments, expectedRows));
    }
}
