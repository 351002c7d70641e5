package io.understudy.apply;

import io.understudy.postgres.MirroredTable;
import io.understudy.stream.Shape;
import io.vertx.sqlclient.Tuple;
import java.util.List;

/** Finds a row by all its values, for want of a key. */
final class WholeRowWriter extends TableWriter {

    private final boolean isIdentified;
    private final String delete;

    WholeRowWriter(MirroredTable table, Shape shape) {
        super(table, shape);
        this.isIdentified =
                shape.identifies(written().stream().map(shape.columns()::get).toList());
        this.delete = deleteSql();
    }

    /** Whether the log carries whole old rows. */
    boolean isIdentified() {
        return isIdentified;
    }

    /** Of rows that are equal in everything deletes as many as it is told to, whichever they are. */
    String delete() {
        return delete;
    }

    Tuple deleteArguments(List<String[]> rows, List<Integer> times) {
        return arguments(rows, written())
                .addArrayOfString(times.stream().map(String::valueOf).toArray(String[]::new));
    }

    /**
     * Rows are compared as text, because json, xml and point have no equality, and null is equal to nothing. What is
     * looked for is first made what the target's columns, with their lengths, would have made of it.
     *
     * <p>The table is read once, however many rows are looked for. Either side's columns are made one text before they
     * meet: 1,600 of each do not fit the row of a join.
     */
    private String deleteSql() {
        String alone = table().target().alone();
        int columns = written().size();
        String gone = "row("
                + listed(
                        columns,
                        i -> "x.c" + i + "::" + column(written().get(i)).type()) + ")::text";
        String there = "row(" + listed(columns, i -> "t." + columnName(written().get(i))) + ")::text";
        return "with gone as materialized (select " + gone + " as image, sum(x.c" + columns + "::int) as times from "
                + unnest(columns + 1) + " group by 1), found as (select t.ctid as place, t.tableoid as part, g.times,"
                + " row_number() over (partition by g.image) as nth from " + alone + " as t join gone g on g.image = "
                + there + ") delete from " + alone + " as t using found f"
                + " where t.ctid = f.place and t.tableoid = f.part and f.nth <= f.times";
    }
}
