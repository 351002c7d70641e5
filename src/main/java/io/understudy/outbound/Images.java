package io.understudy.outbound;

import io.understudy.outbound.Enqueuer.Asking;
import io.understudy.postgres.TableId;
import io.understudy.stream.Change;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Records as the target has them before a batch, and then as each change leaves them. In bounded memory: the log says
 * nothing of large values that an update leaves alone, so that a batch of small changes may be one of large records. From
 * some size on only small values of them are asked for.
 */
final class Images {

    /** Records asked for at once: many without their large values, and then the few that have one. */
    private static final int MANY = 2000;

    private static final int MEDIUM = 2 << 10;
    private static final int FEW = 100;
    private static final long BUDGET = 16 << 20;
    private static final int SMALL = 512;

    record Key(TableId table, List<String> values) {}

    private final Set<Key> sought = new HashSet<>();
    private final Map<Key, String[]> images = new HashMap<>();
    private long letters;

    static Key key(Feed feed, List<String> values) {
        return new Key(feed.table().id(), values);
    }

    /** Some change of the batch will take it: no other is kept. */
    void seek(Feed feed, List<String> key) {
        sought.add(key(feed, key));
    }

    boolean isIdle() {
        return sought.isEmpty();
    }

    /**
     * What cannot be asked is not known: whatever is wrong with the table, its writing will tell.
     *
     * @param largest value that is of use
     */
    void ask(Feed feed, List<List<String>> keys, int largest, Asking asking) {
        List<List<String>> cut = ask(feed, keys, MANY, Math.min(largest, MEDIUM), asking);
        if (largest > MEDIUM) {
            ask(feed, cut, FEW, largest, asking);
        }
    }

    /** @return the keys of those that have a larger value */
    private List<List<String>> ask(Feed feed, List<List<String>> keys, int atOnce, int largest, Asking asking) {
        List<List<String>> cut = new ArrayList<>();
        for (int from = 0; from < keys.size(); from += atOnce) {
            List<List<String>> asked = keys.subList(from, Math.min(from + atOnce, keys.size()));
            Optional<RowSet<Row>> rows =
                    asking.askSafely(feed.before(), feed.keyArguments(asked, letters < BUDGET ? largest : SMALL));
            if (rows.isEmpty()) {
                return List.of();
            }
            for (Row row : rows.get()) {
                String[] image = feed.image(row);
                List<String> key = asked.get(row.getLong("n").intValue() - 1);
                for (String value : image) {
                    letters += value == null ? 0 : value.length();
                }
                if (Arrays.stream(image).anyMatch(value -> value == Change.UNCHANGED)) {
                    cut.add(key);
                }
                put(feed, key, image);
            }
        }
        return cut;
    }

    void put(Feed feed, List<String> values, String[] image) {
        Key key = key(feed, values);
        if (sought.contains(key)) {
            images.put(key, image);
        }
    }

    /** Null when it is not there. */
    String[] take(Feed feed, List<String> values) {
        return images.remove(key(feed, values));
    }
}
