package io.understudy.outbound;

import io.understudy.masking.Signatures;
import io.understudy.postgres.Column;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.Sql;
import io.understudy.stream.Change;
import io.understudy.stream.Shape;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A table of which deliveries are made: its rows as images, arrays of Postgres text in the order of {@link #columns}, and
 * the questions about them.
 */
final class Feed {

    private final MirroredTable table;
    private final List<SyncConfig> configs;
    private final List<String> columns;
    private final int[] key;
    private final Map<String, String> masks;
    /** Columns of which rows at the target, and changes that waited, may have values of former rules. */
    private final BitSet stale = new BitSet();

    private final List<ColumnJson> json;
    private final String before;
    private final Map<String, String> conditions = new HashMap<>();
    private final Map<SyncConfig, BitSet> shown = new IdentityHashMap<>();
    /** Where in a change of this shape each column stands. */
    private final Map<Shape, int[]> places = new IdentityHashMap<>();

    /**
     * @param configs of this table that are in force
     * @param masks by what the values of its columns are masked, as the ledger has it
     */
    Feed(MirroredTable table, List<SyncConfig> configs, Map<String, String> masks) {
        this.table = table;
        this.configs = configs;
        this.columns = table.columns();
        this.key = table.key().stream().mapToInt(columns::indexOf).toArray();
        this.masks = masks;
        Signatures.stale(masks).stream()
                .map(columns::indexOf)
                .filter(place -> place >= 0)
                .forEach(stale::set);
        this.json = columns.stream().map(this::column).map(ColumnJson::of).toList();
        this.before = beforeSql();
    }

    MirroredTable table() {
        return table;
    }

    Map<String, String> masks() {
        return masks;
    }

    /** Whether the values of this column are not to leave until they are written anew. */
    boolean isStale(int place) {
        return stale.get(place);
    }

    List<SyncConfig> configs() {
        return configs;
    }

    List<String> columns() {
        return columns;
    }

    List<ColumnJson> json() {
        return json;
    }

    private Column column(String name) {
        return table.target().column(name).orElseThrow();
    }

    /** Whether every record can be named. */
    boolean isKeyed() {
        return key.length > 0 && IntStream.of(key).allMatch(place -> place >= 0);
    }

    /** Of a row as a change carries it. */
    String[] image(Shape shape, String[] row) {
        int[] from = places.computeIfAbsent(shape, this::places);
        String[] image = new String[columns.size()];
        for (int i = 0; i < image.length; i++) {
            image[i] = from[i] < 0 ? Change.UNCHANGED : row[from[i]];
        }
        return image;
    }

    private int[] places(Shape shape) {
        List<String> names = shape.renamed(table.formerNames()).columns();
        return columns.stream().mapToInt(names::indexOf).toArray();
    }

    /** Only inserts can do without. */
    boolean needsFormerRows() {
        return configs.stream()
                .anyMatch(config ->
                        config.on().contains(Operation.UPDATE) || config.on().contains(Operation.DELETE));
    }

    /** Columns whose values the receiver gets; null for all. */
    BitSet shown(SyncConfig config) {
        return config.columns().isEmpty() ? null : shown.computeIfAbsent(config, this::columnsOf);
    }

    private BitSet columnsOf(SyncConfig config) {
        BitSet places = new BitSet();
        config.columns().orElseThrow().stream()
                .map(columns::indexOf)
                .filter(place -> place >= 0)
                .forEach(places::set);
        for (int place : key) {
            places.set(place);
        }
        return places;
    }

    List<String> keyOf(String[] image) {
        List<String> values = new ArrayList<>(key.length);
        for (int place : key) {
            values.add(image[place]);
        }
        return values;
    }

    int[] keyPlaces() {
        return key;
    }

    /**
     * Rows of the target by their keys: {@code n} is the key's place, {@code c0} and so on the image, in which a value has a
     * v before it and one that is larger than the last argument is empty.
     */
    String before() {
        return before;
    }

    /** Of an answer to {@link #before}; values that were too large are {@link Change#UNCHANGED}. */
    String[] image(Row row) {
        String[] image = new String[columns.size()];
        for (int i = 0; i < image.length; i++) {
            String value = row.getString(i + 1);
            image[i] = value == null ? null : value.isEmpty() ? Change.UNCHANGED : value.substring(1);
        }
        return image;
    }

    private String beforeSql() {
        List<String> matches = new ArrayList<>();
        for (int i = 0; i < key.length; i++) {
            String name = table.key().get(i);
            matches.add(column(name).matches("t." + Sql.name(name), "x.k" + i));
        }
        return "select x.n, "
                + IntStream.range(0, columns.size()).mapToObj(this::valueSql).collect(Collectors.joining(", "))
                + " from unnest(" + arguments(key.length) + ") with ordinality as x(" + names("k", key.length)
                + ", n) join "
                + table.target().alone() + " as t on " + String.join(" and ", matches);
    }

    /** concat, not ::text, writes a value as the type itself does, which is how the log has it. */
    private String valueSql(int place) {
        String name = "t." + Sql.name(columns.get(place));
        String tooLarge = json.get(place).isShort()
                ? ""
                : " when octet_length(concat(" + name + ")) > $" + (key.length + 1) + "::int then ''";
        return "case when " + name + " is null then null" + tooLarge + " else concat('v', " + name + ") end as c"
                + place;
    }

    /** @param largest value that is wanted, in bytes */
    Tuple keyArguments(List<List<String>> keys, int largest) {
        return columnwise(
                        keys.stream()
                                .map(values -> values.toArray(String[]::new))
                                .toList(),
                        key.length)
                .addInteger(largest);
    }

    /** Which of the images a condition is true for, by their places {@code n}. */
    String holding(String condition) {
        return conditions.computeIfAbsent(condition, text -> {
            String values = IntStream.range(0, columns.size())
                    .mapToObj(i -> column(columns.get(i)).read("x.c" + i) + " as " + Sql.name(columns.get(i)))
                    .collect(Collectors.joining(", "));
            // A comment in it ends with its line.
            return "select " + Sql.name(table.id().name())
                    + ".\"understudy n\" as n from (select x.n as \"understudy n\", "
                    + values + " from unnest(" + arguments(columns.size()) + ") with ordinality as x("
                    + names("c", columns.size()) + ", n)) as "
                    + Sql.name(table.id().name()) + " where (" + text + "\n)";
        });
    }

    Tuple imageArguments(List<String[]> images) {
        return columnwise(images, columns.size());
    }

    private static Tuple columnwise(List<String[]> rows, int width) {
        Tuple arguments = Tuple.tuple(new ArrayList<>(width));
        for (int place = 0; place < width; place++) {
            String[] values = new String[rows.size()];
            for (int i = 0; i < values.length; i++) {
                String value = rows.get(i)[place];
                values[i] = value == Change.UNCHANGED ? null : value;
            }
            arguments.addArrayOfString(values);
        }
        return arguments;
    }

    private static String arguments(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> "$" + i + "::text[]")
                .collect(Collectors.joining(", "));
    }

    private static String names(String letter, int count) {
        return IntStream.range(0, count).mapToObj(i -> letter + i).collect(Collectors.joining(", "));
    }
}
