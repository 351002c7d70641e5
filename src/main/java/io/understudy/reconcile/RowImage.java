package io.understudy.reconcile;

import io.understudy.masking.MaskingPolicy;
import io.understudy.postgres.Column;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.Sql;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * SQL for the digest of a row, the same number on both servers for rows that are equal.
 *
 * <p>Masked values can be computed on our side only. So the columns that masks need are shipped: read, masked and put into a
 * temporary table of the target, where they become values of its types, as they do when they are copied. Of all other
 * columns only a hash travels, computed by the source, with which the digest of the shipped ones begins.
 */
final class RowImage {

    /** Behind the shipped columns: the hash of the others, and the version of the row. */
    static final List<String> COMPUTED = List.of("understudy_plain", "understudy_version");

    private final MirroredTable table;
    private final List<String> shipped;
    private final List<String> plain;

    private RowImage(MirroredTable table, List<String> shipped, List<String> plain) {
        this.table = table;
        this.shipped = shipped;
        this.plain = plain;
    }

    static RowImage of(MirroredTable table, MaskingPolicy masks) {
        List<String> columns = table.columns();
        Set<String> needed = new LinkedHashSet<>();
        for (String column : columns) {
            if (table.masked().contains(column)) {
                needed.add(column);
                needed.addAll(masks.seeds(table.id(), column));
            }
        }
        if (!needed.isEmpty()) {
            needed.addAll(table.key());
        }
        return new RowImage(
                table,
                columns.stream().filter(needed::contains).toList(),
                columns.stream().filter(column -> !needed.contains(column)).toList());
    }

    boolean isShipped() {
        return !shipped.isEmpty();
    }

    List<String> shipped() {
        return shipped;
    }

    /** At the source, of the columns that are not shipped: of all when nothing is masked. */
    String sourceDigest() {
        return digest(values(plain, this::sourceValue), "0");
    }

    String targetDigest() {
        String hash = digest(values(plain, Sql::name), "0");
        return isShipped() ? digest(values(shipped, Sql::name), hash) : hash;
    }

    /** In the temporary table. */
    String shippedDigest() {
        return digest(values(shipped, Sql::name), Sql.name(COMPUTED.get(0)));
    }

    List<String> sourceKey() {
        return values(table.key(), this::sourceValue);
    }

    List<String> targetKey() {
        return values(table.key(), Sql::name);
    }

    /** As the target would print it: {@code 5} is {@code 5.00} in a column of two decimal places. */
    private String sourceValue(String name) {
        Column source = table.source().column(name).orElseThrow();
        String value = Sql.name(name);
        return table.target()
                .column(name)
                .filter(target -> !target.base().equals(source.base()))
                // A type that somebody made may be unknown to the source.
                .filter(target -> !target.base().contains("."))
                .map(target -> "case when " + value + " is not null then format('%s', " + value + ")::" + target.base()
                        + " end")
                .orElse(value);
    }

    private static List<String> values(List<String> columns, Function<String, String> value) {
        return new ArrayList<>(columns.stream().map(value).toList());
    }

    /** Postgres' own hash, which partitions rely on to be the same in every version. */
    static String digest(List<String> values, String seed) {
        return values.isEmpty()
                ? seed
                : "hashtextextended(row(" + String.join(", ", values) + ")::text collate \"C\", " + seed + ")";
    }
}
