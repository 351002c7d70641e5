package io.understudy.outbound;

import io.understudy.masking.Nearest;
import io.understudy.outbound.Deliveries.Selection;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.NameText;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.TableId;
import io.vertx.sqlclient.Row;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What somebody may name who asks about deliveries. Everything here throws {@link IllegalArgumentException} with a
 * sentence that says what was meant most probably.
 *
 * @param destinations of the settings, and those that something was to be delivered to before
 * @param tables of which something is delivered
 */
public record QueueNames(Set<String> destinations, Set<TableId> tables) {

    private static final int LARGEST_LIMIT = 10_000;

    public static QueueNames read(PostgresClient target, String mirror, Collection<String> inSettings) {
        Set<String> destinations = new TreeSet<>(inSettings);
        Set<TableId> tables = new TreeSet<>();
        for (Row row : target.query("""
                select schema_name, table_name, destination from understudy.sync_config where mirror = $1
                union select null, null, destination from understudy.sync_pause where mirror = $1
                """, mirror)) {
            destinations.add(row.getString("destination"));
            if (row.getString("table_name") != null) {
                tables.add(new TableId(row.getString("schema_name"), row.getString("table_name")));
            }
        }
        return new QueueNames(destinations, tables);
    }

    public String destination(String name) {
        if (!destinations.contains(name)) {
            throw new IllegalArgumentException("No destination is called " + name + ". "
                    + (destinations.isEmpty()
                            ? "There are none: understudy.outbound.destinations.NAME.url."
                            : "The nearest is " + Nearest.to(name, destinations) + "."));
        }
        return name;
    }

    /** As {@link NameText} reads it. */
    public TableId table(String name) {
        TableId table = NameText.table(name);
        if (!tables.contains(table)) {
            throw new IllegalArgumentException("Nothing of " + table + " is delivered. "
                    + (tables.isEmpty()
                            ? "Nothing at all is: ./understudy queue configure"
                            : "The nearest is "
                                    + Nearest.to(
                                            table.toString(),
                                            tables.stream()
                                                    .map(TableId::toString)
                                                    .toList())
                                    + "."));
        }
        return table;
    }

    /** @param destination null for all, as {@code table} */
    public Selection selection(String destination, String table) {
        return new Selection(
                Optional.ofNullable(destination).map(this::destination),
                Optional.ofNullable(table).map(this::table));
    }

    public static DeliveryStatus status(String word) {
        List<String> words = DeliveryStatus.words();
        if (!words.contains(word)) {
            throw new IllegalArgumentException(
                    "No status is called " + word + ". There are: " + String.join(", ", words) + ".");
        }
        return DeliveryStatus.of(word);
    }

    public static Lsn position(String text) {
        if (!text.matches("[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}")) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no position in production's log; one looks like 16/B374D848.");
        }
        return Lsn.parse(text);
    }

    public static long id(String text) {
        if (!text.matches("[0-9]{1,18}")) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no delivery's id, which is a whole number. They are listed by: ./understudy"
                            + " deliveries list");
        }
        return Long.parseLong(text);
    }

    public static int limit(String text) {
        if (!text.matches("[0-9]{1,6}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > LARGEST_LIMIT) {
            throw new IllegalArgumentException(
                    "The limit is \"" + text + "\"; it takes a whole number from 1 to " + LARGEST_LIMIT + ".");
        }
        return Integer.parseInt(text);
    }
}
