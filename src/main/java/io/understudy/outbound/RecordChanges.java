package io.understudy.outbound;

import io.understudy.outbound.Enqueuer.Asking;
import io.understudy.postgres.TableId;
import io.understudy.stream.Change;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** What the arrivals of a batch did to their records, one after the other, from what the target had before. */
final class RecordChanges {

    private RecordChanges() {}

    /**
     * @param feeds null for a table of which nothing is delivered
     * @param payloadLimit in bytes
     */
    static List<RecordChange> of(
            List<Arrival> arrivals, Function<TableId, Feed> feeds, long payloadLimit, Asking asking) {
        List<Fed> fed = new ArrayList<>();
        for (Arrival arrival : arrivals) {
            Feed feed = feeds.apply(arrival.change().shape().table());
            if (feed != null) {
                fed.add(Fed.of(feed, arrival));
            }
        }
        return changes(fed, images(fed, payloadLimit, asking));
    }

    /**
     * An arrival of a table of which something is delivered.
     *
     * @param told the row that it brings; of an update or delete, as far as it names the record that it is about
     */
    private record Fed(Feed feed, Arrival arrival, Operation operation, String[] told) {

        static Fed of(Feed feed, Arrival arrival) {
            Change.OfRow change = arrival.change();
            if (change instanceof Change.Insert insert) {
                return new Fed(
                        feed,
                        arrival,
                        Operation.INSERT,
                        feed.image(insert.shape(), insert.row().values()));
            }
            if (change instanceof Change.Update update) {
                String[] values = update.oldRow() == null ? update.row().values() : update.oldValues();
                return new Fed(feed, arrival, Operation.UPDATE, feed.image(update.shape(), values));
            }
            return new Fed(
                    feed,
                    arrival,
                    Operation.DELETE,
                    feed.image(change.shape(), ((Change.Delete) change).oldRow().values()));
        }

        List<String> key() {
            return feed.keyOf(told);
        }

        boolean needsFormerRow() {
            return operation != Operation.INSERT && feed.needsFormerRows();
        }
    }

    /** Records as the target has them before this batch: of those whose first change in it needs that. */
    private static Images images(List<Fed> arrivals, long payloadLimit, Asking asking) {
        Images images = new Images();
        arrivals.stream().filter(Fed::needsFormerRow).forEach(fed -> images.seek(fed.feed(), fed.key()));
        Map<Feed, Set<List<String>>> asked = new LinkedHashMap<>();
        Set<Images.Key> made = new HashSet<>();
        for (Fed fed : images.isIdle() ? List.<Fed>of() : arrivals) {
            Images.Key key = Images.key(fed.feed(), fed.key());
            if (fed.operation() == Operation.INSERT) {
                made.add(key);
            } else if (fed.needsFormerRow() && !made.contains(key)) {
                asked.computeIfAbsent(fed.feed(), none -> new LinkedHashSet<>()).add(key.values());
            }
        }
        // With a larger one its payload would not be sent.
        int largest = (int) Math.min(payloadLimit, 16 << 20);
        asked.forEach((feed, keys) -> images.ask(feed, List.copyOf(keys), largest, asking));
        return images;
    }

    /** One after the other: what a change leaves is what the next one finds. */
    private static List<RecordChange> changes(List<Fed> arrivals, Images images) {
        List<RecordChange> changes = new ArrayList<>(arrivals.size());
        for (Fed fed : arrivals) {
            Feed feed = fed.feed();
            String[] before = null;
            boolean known = false;
            if (fed.operation() != Operation.INSERT) {
                before = images.take(feed, fed.key());
                known = before != null;
                before = known ? before : keyOnly(feed, fed.told());
            }
            String[] after = after(fed, before);
            if (after != null) {
                images.put(feed, feed.keyOf(after), after);
            }
            changes.add(new RecordChange(
                    feed,
                    fed.operation(),
                    before,
                    after,
                    known,
                    fed.arrival().commit(),
                    fed.arrival().ordinal()));
        }
        return changes;
    }

    /** Of a record that the target does not have. */
    private static String[] keyOnly(Feed feed, String[] told) {
        String[] image = new String[told.length];
        Arrays.fill(image, Change.UNCHANGED);
        for (int place : feed.keyPlaces()) {
            image[place] = told[place];
        }
        return image;
    }

    /** With large values that the log leaves out as the target has them; null when the record is gone. */
    private static String[] after(Fed fed, String[] before) {
        if (!(fed.arrival().change() instanceof Change.Update update)) {
            return fed.operation() == Operation.INSERT ? fed.told() : null;
        }
        String[] after = fed.feed().image(update.shape(), update.row().values());
        for (int i = 0; i < after.length; i++) {
            if (after[i] == Change.UNCHANGED) {
                after[i] = before[i];
            }
        }
        return after;
    }
}
