package io.understudy.outbound;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.understudy.stream.Change;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * The data of an event. Holds the values of images only, which are of rows that were released.
 *
 * <pre>
 *   {"operation": "update", "table": "public.listing", "recordId": "42",
 *    "row": {"id": 42, "title": "Attic"}, "changedColumns": ["title"], "oldKey": null, "omitted": ["body"],
 *    "commitTime": "2026-11-21T10:00:00.123456Z", "position": {"lsn": "0/1A2B3C4D", "ordinal": 3}}
 * </pre>
 */
final class PayloadText {

    private static final JsonFactory JSON = JsonFactory.builder()
            // What is open at the end is left open.
            .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
            .build();
    /** An image with more letters than this loses its largest values: {@code jsonb} ends at 256 MB, and memory before. */
    private static final long MOST_LETTERS = 16 << 20;

    private static final int LARGE = 64 << 10;

    private PayloadText() {}

    /**
     * Up to where the position follows, which may not be known yet: it is added by the {@link Unpacker}.
     *
     * @param shown columns whose values the receiver gets; null for all
     */
    static String of(RecordChange change, BitSet shown, String recordId) {
        StringWriter text = new StringWriter(512);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("operation", change.operation().word());
            json.writeStringField("table", change.feed().table().id().toString());
            json.writeStringField("recordId", recordId);
            writeRow(json, change, shown);
            writeChanged(json, change, shown);
            writeOldKey(json, change);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void writeRow(JsonGenerator json, RecordChange change, BitSet shown) throws IOException {
        String[] image = change.image();
        boolean large = letters(image) > MOST_LETTERS;
        BitSet omitted = new BitSet();
        json.writeObjectFieldStart("row");
        for (int i = 0; i < image.length; i++) {
            if (shown != null && !shown.get(i)) {
                continue;
            }
            boolean unknown = image[i] == Change.UNCHANGED || change.feed().isStale(i);
            if (unknown || large && image[i] != null && image[i].length() > LARGE) {
                omitted.set(i);
            } else {
                change.feed().json().get(i).write(json, image[i]);
            }
        }
        json.writeEndObject();
        writeNames(json, "omitted", change.feed(), omitted);
    }

    private static long letters(String[] image) {
        long letters = 0;
        for (String value : image) {
            letters += value == null ? 0 : value.length();
        }
        return letters;
    }

    private static void writeChanged(JsonGenerator json, RecordChange change, BitSet shown) throws IOException {
        Optional<BitSet> changed = change.changed();
        if (changed.isEmpty()) {
            json.writeNullField("changedColumns");
            return;
        }
        BitSet names = (BitSet) changed.get().clone();
        if (shown != null) {
            names.and(shown);
        }
        writeNames(json, "changedColumns", change.feed(), names);
    }

    private static void writeNames(JsonGenerator json, String field, Feed feed, BitSet columns) throws IOException {
        json.writeArrayFieldStart(field);
        for (int i = columns.nextSetBit(0); i >= 0; i = columns.nextSetBit(i + 1)) {
            json.writeString(feed.columns().get(i));
        }
        json.writeEndArray();
    }

    private static void writeOldKey(JsonGenerator json, RecordChange change) throws IOException {
        Optional<List<String>> old = change.oldKey();
        if (old.isEmpty()) {
            json.writeNullField("oldKey");
            return;
        }
        json.writeObjectFieldStart("oldKey");
        int[] places = change.feed().keyPlaces();
        for (int i = 0; i < places.length; i++) {
            change.feed().json().get(places[i]).write(json, old.get().get(i));
        }
        json.writeEndObject();
    }
}
