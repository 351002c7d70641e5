package io.understudy.stream;

import io.understudy.postgres.ConditionText;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.Sql;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which rows of a table are mirrored: those for which a condition holds, as the source itself sees it.
 *
 * @param table as the source has it
 * @param condition its SQL, on the bare names of columns
 * @param columns those that may occur in it
 * @param collations of columns that have another than their type's, as SQL
 * @param leftOut columns whose values do not leave
 * @param unusable why the source can not be asked now; nothing of the table leaves until it can
 */
public record RowFilter(
        Table table,
        String condition,
        List<String> columns,
        Map<String, String> collations,
        Set<String> leftOut,
        Optional<String> unusable) {

    public static RowFilter of(
            Table table, String condition, Map<String, String> collations, Optional<String> unusable) {
        List<String> used = ConditionText.of(condition).names(table.storedNames());
        return new RowFilter(table, condition, used, collations, Set.of(), unusable);
    }

    RowFilter leavingOut(Set<String> others) {
        return new RowFilter(table, condition, columns, collations, others, unusable);
    }

    /** The setting that says so. */
    public static String setting(TableId table) {
        return "understudy.tables.filters.\"" + table + "\"";
    }

    boolean isNever() {
        return condition.equals(MirroredTable.NO_ROWS);
    }

    /** SQL that makes a value of the column out of {@code text}, which the condition takes for the column itself. */
    private String value(String column, String text) {
        String collation = collations.get(column);
        return table.column(column).orElseThrow().read(text) + (collation == null ? "" : " collate " + collation);
    }

    /**
     * The rows for which it holds, by their numbers, out of rows that stand behind {@code from}. In the source's tables
     * and in values that were once there it means the same: every column has its type, its collation and its name.
     *
     * @param texts of each of {@link #columns}, as SQL
     * @param number of a row, as SQL
     */
    public String rowsOf(List<String> texts, String number, String from) {
        StringBuilder values = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
            String column = columns.get(i);
            values.append(value(column, texts.get(i)))
                    .append(" as ")
                    .append(Sql.name(column))
                    .append(", ");
        }
        String place = "place";
        while (table.column(place).isPresent()) {
            place += "_";
        }
        return "select " + place + " from (select " + values + number + " as " + place + " from " + from + ") as "
                + Sql.name(table.id().name()) + " where (" + condition + "\n)";
    }
}
