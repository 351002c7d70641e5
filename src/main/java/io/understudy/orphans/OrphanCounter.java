package io.understudy.orphans;

import io.understudy.postgres.Constraint;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.Sql;
import io.understudy.postgres.Table;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts rows without a parent in one database: one anti-join for each foreign key, reading only, with a bound. */
final class OrphanCounter {

    static final int SAMPLES = 5;

    /** Letters of a key that are shown: a text of a megabyte may be one. */
    private static final int SHOWN = 60;

    /** What else the connection may take to say that the bound was reached. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private static final String CANCELLED = "57014";

    private final PostgresClient client;
    private final Duration limit;

    /** @param limit of one count */
    OrphanCounter(PostgresClient client, Duration limit) {
        this.client = client;
        this.limit = limit;
    }

    OrphanCount count(OrphanKey.Side side) {
        if (side.counted().isEmpty()) {
            return new OrphanCount.NotThere();
        }
        Constraint constraint = side.counted().get();
        try {
            return new OrphanCount.Counted(
                    ask("select count(*) as rows from " + orphans(side, constraint), "Counting rows without a parent")
                            .iterator()
                            .next()
                            .getLong("rows"));
        } catch (PostgresFailure failure) {
            if (failure.kind() == PostgresFailure.Kind.CONNECTION) {
                throw failure;
            }
            return new OrphanCount.Unknown(why(failure));
        }
    }

    private String why(PostgresFailure failure) {
        return failure.sqlState().equals(CANCELLED)
                ? "it takes longer than " + limit.toSeconds() + " s (--timeout)"
                : failure.ofRows().getMessage();
    }

    /** Some of them, at the target only: names and values of the row's key and of the foreign key. */
    List<OrphanSample> samples(OrphanKey key) {
        Constraint constraint = key.target().counted().orElseThrow();
        List<OrphanSample> samples = new ArrayList<>();
        try {
            for (Row row : ask(
                    "select " + texts("k", key.rowKey()) + texts("r", constraint.columns()) + "null as last from "
                            + orphans(key.target(), constraint) + " limit " + SAMPLES,
                    "Reading keys of rows without a parent")) {
                samples.add(new OrphanSample(values(row, "k", key.rowKey()), values(row, "r", constraint.columns())));
            }
        } catch (PostgresFailure failure) {
            if (failure.kind() == PostgresFailure.Kind.CONNECTION) {
                throw failure;
            }
            // They were counted; which ones is told next time.
        }
        return samples;
    }

    private static String texts(String prefix, List<String> columns) {
        StringBuilder texts = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
            texts.append("left(t.")
                    .append(Sql.name(columns.get(i)))
                    .append("::text, " + SHOWN + ") as ")
                    .append(prefix)
                    .append(i)
                    .append(", ");
        }
        return texts.toString();
    }

    private static Map<String, String> values(Row row, String prefix, List<String> columns) {
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            values.put(columns.get(i), row.getString(prefix + i));
        }
        return values;
    }

    private static String orphans(OrphanKey.Side side, Constraint constraint) {
        return side.table().map(Table::alone).orElseThrow() + " as t where " + constraint.orphan();
    }

    private RowSet<Row> ask(String question, String doing) {
        return client.with(session -> session.transaction("begin read only", asking -> {
            asking.query("set local statement_timeout = '" + limit.toMillis() + "ms'");
            return asking.run(question, limit.plus(GRACE), doing);
        }));
    }
}
