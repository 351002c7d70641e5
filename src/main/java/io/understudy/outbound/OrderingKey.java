package io.understudy.outbound;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.understudy.stream.Change;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** How a record is named, and what it must not overtake. */
final class OrderingKey {

    /** A longer one is read again and again while it waits; its digest tells keys apart as well. */
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
        String text = switch (config.orderBy()) {
            case SyncConfig.RECORD -> table + "/" + recordId(feed.keyOf(image));
            case SyncConfig.TABLE -> table;
            default -> {
                int place = feed.columns().indexOf(config.orderBy());
                boolean unknown = place < 0 || image[place] == Change.UNCHANGED || feed.isStale(place);
                String value = unknown ? null : image[place];
                yield table + "/" + config.orderBy() + "/" + value;
            }
        };
        return text.length() <= MOST_LETTERS
                ? text
                : text.substring(0, MOST_LETTERS) + "/" + UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
