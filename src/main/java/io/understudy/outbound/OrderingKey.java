package io.understudy.outbound;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.understudy.stream.Change;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * How a record is named, and what it must not overtake: {@code schema.table}, a slash, and the record or a column with its
 * value. When the table is renamed all keys that are kept get its new name ({@link Enqueuer#rename}): what comes by the new
 * name must not overtake them.
 */
final class OrderingKey {

    /** More, without the table, are read again and again while they wait; a digest tells keys apart as well. */
    private static final int MOST_LETTERS = 500;

    private OrderingKey() {}

    /** The key as text; of several columns a JSON array of texts. */
    static String recordId(List<String> key) {
        if (key.size() == 1) {
            return key.get(0);
        }
        return key.stream()
                .map(value -> "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(value)) + "\"")
                .collect(Collectors.joining(",", "[", "]"));
    }

    static String of(RecordChange change, SyncConfig config) {
        return of(change.feed(), change.image(), config);
    }

    /** What its record was ordered by before an update; empty when nobody knows. */
    static Optional<String> before(RecordChange change, SyncConfig config) {
        boolean update = change.operation() == Operation.UPDATE && change.before() != null;
        boolean told = change.known() || config.orderBy().equals(SyncConfig.RECORD);
        return update && told ? Optional.of(of(change.feed(), change.before(), config)) : Optional.empty();
    }

    private static String of(Feed feed, String[] image, SyncConfig config) {
        String table = feed.table().id().toString();
        return switch (config.orderBy()) {
            case SyncConfig.RECORD -> table + "/" + bounded(recordId(feed.keyOf(image)));
            case SyncConfig.TABLE -> table;
            default -> {
                int place = feed.columns().indexOf(config.orderBy());
                boolean unknown = place < 0 || image[place] == Change.UNCHANGED || feed.isStale(place);
                String value = unknown ? null : image[place];
                yield table + "/" + bounded(config.orderBy() + "/" + value);
            }
        };
    }

    /** Apart from the table, whose name may change while deliveries wait. */
    private static String bounded(String text) {
        return text.length() <= MOST_LETTERS
                ? text
                : text.substring(0, MOST_LETTERS) + "/" + UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
