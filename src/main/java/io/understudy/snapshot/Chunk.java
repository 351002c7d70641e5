package io.understudy.snapshot;

import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.Sql;
import io.understudy.postgres.Table;
import java.util.List;

/**
 * A piece of a table that one worker copies in one transaction: all of it, or a half-open range of its pages.
 *
 * @param number from 1
 * @param fromPage first page, inclusive
 * @param toPage last page, exclusive; {@link #OPEN} for the rest of the table, however much it has grown since it was
 *     planned
 */
record Chunk(MirroredTable table, int number, int of, long fromPage, long toPage) {

    static final long OPEN = -1;

    String copyOut() {
        String columns = Sql.names(table.columns());
        String source = table.id().sql();
        if (table.source().kind() == Table.Kind.PARTITIONED) {
            return "copy (select " + columns + " from " + source + table.filterSql("where") + ") to stdout";
        }
        if (of == 1 && table.filter().isPresent()) {
            return "copy (select " + columns + " from only " + source + table.filterSql("where") + ") to stdout";
        }
        if (of == 1 && !columns.isEmpty()) {
            return "copy " + source + " (" + columns + ") to stdout";
        }
        if (of == 1) {
            return "copy (select from only " + source + ") to stdout";
        }
        String upper = toPage == OPEN ? "" : " and ctid < '(" + toPage + ",0)'";
        return "copy (select " + columns + " from only " + source + " where ctid >= '(" + fromPage + ",0)'" + upper
                + table.filterSql("and") + ") to stdout";
    }

    String copyIn() {
        List<String> columns = table.columns();
        // A list may not be empty. Rows of no columns are empty lines, which a table of no columns takes as such.
        return "copy " + table.id().sql() + (columns.isEmpty() ? "" : " (" + Sql.names(columns) + ")") + " from stdin";
    }

    @Override
    public String toString() {
        return of == 1 ? table.id().toString() : table.id() + ", chunk " + number + " of " + of;
    }
}
