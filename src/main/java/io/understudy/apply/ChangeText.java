package io.understudy.apply;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.understudy.postgres.TableId;
import io.understudy.stream.Change;
import io.understudy.stream.Shape;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes of one table as JSON, to be kept and read again, by people too:
 *
 * <pre>
 *   {"columns": ["id", "name"], ...,
 *    "changes": [["insert", ["1", "a"]], ["update", null, ["1", false]], ["delete", ["1", null]], ["truncate"]]}
 * </pre>
 *
 * A value is text or null; {@code false} stands for one that the update left alone and the log does not carry. An update
 * names the old row first, null when its key stayed.
 */
final class ChangeText {

    /** The parser's own limit of 20 million letters is less than a row may hold. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private ChangeText() {}

    /** @param shape of all of them; null when there are only truncates */
    static String write(Shape shape, List<Change> changes) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            if (shape != null) {
                writeNames(json, "columns", shape.columns());
            }
            json.writeArrayFieldStart("changes");
            for (Change change : changes) {
                write(json, change);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void writeNames(JsonGenerator json, String field, List<String> names) throws IOException {
        json.writeArrayFieldStart(field);
        for (String name : names) {
            json.writeString(name);
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, Change change) throws IOException {
        json.writeStartArray();
        if (change instanceof Change.Insert insert) {
            json.writeString("insert");
            writeRow(json, insert.row());
        } else if (change instanceof Change.Update update) {
            json.writeString("update");
            writeRow(json, update.oldRow());
            writeRow(json, update.row());
        } else if (change instanceof Change.Delete delete) {
            json.writeString("delete");
            writeRow(json, delete.oldRow());
        } else {
            json.writeString("truncate");
        }
        json.writeEndArray();
    }

    private static void writeRow(JsonGenerator json, String[] row) throws IOException {
        if (row == null) {
            json.writeNull();
            return;
        }
        json.writeStartArray();
        for (String value : row) {
            if (value == Change.UNCHANGED) {
                json.writeBoolean(false);
            } else {
                json.writeString(value);
            }
        }
        json.writeEndArray();
    }

    static List<Change> read(TableId table, String text) {
        try (JsonParser json = JSON.createParser(text)) {
            List<String> columns = List.of();
            List<Change> changes = new ArrayList<>();
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                json.nextToken();
                if (field.equals("columns")) {
                    columns = List.of(readRow(json));
                } else {
                    readChanges(json, table, new Shape(table, columns), changes);
                }
            }
            return changes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void readChanges(JsonParser json, TableId table, Shape shape, List<Change> changes)
            throws IOException {
        while (json.nextToken() == JsonToken.START_ARRAY) {
            String kind = json.nextTextValue();
            switch (kind) {
                case "insert" -> changes.add(new Change.Insert(shape, nextRow(json)));
                case "update" -> changes.add(new Change.Update(shape, nextRow(json), nextRow(json)));
                case "delete" -> changes.add(new Change.Delete(shape, nextRow(json)));
                case "truncate" -> changes.add(new Change.Truncate(List.of(table)));
                default -> throw new IllegalStateException("unknown kind of change set aside: " + kind);
            }
            json.nextToken();
        }
    }

    private static String[] nextRow(JsonParser json) throws IOException {
        return json.nextToken() == JsonToken.VALUE_NULL ? null : readRow(json);
    }

    private static String[] readRow(JsonParser json) throws IOException {
        List<String> row = new ArrayList<>();
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            row.add(
                    switch (token) {
                        case VALUE_NULL -> null;
                        case VALUE_FALSE -> Change.UNCHANGED;
                        default -> json.getText();
                    });
        }
        return row.toArray(String[]::new);
    }
}
