package io.understudy.apply;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.understudy.masking.MaskedRow;
import io.understudy.postgres.TableId;
import io.understudy.stream.Change;
import io.understudy.stream.Shape;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Changes of one table as JSON, to be kept and read again, by people too:
 *
 * <pre>
 *   {"columns": ["id", "name"], "identity": ["id"], "types": ["23:-1", "25:-1"], "relation": 16384,
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
                writeNames(json, "identity", shape.identity());
                writeNames(json, "types", shape.types());
                json.writeNumberField("relation", shape.relation());
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
            writeRow(json, insert.row().values());
        } else if (change instanceof Change.Update update) {
            json.writeString("update");
            writeRow(json, update.oldValues());
            writeRow(json, update.row().values());
        } else if (change instanceof Change.Delete delete) {
            json.writeString("delete");
            writeRow(json, delete.oldRow().values());
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

    /** @param shapes those that were met before, of which there are few: what is prepared for a shape is used again */
    static List<Change> read(TableId table, String text, Map<String, Shape> shapes) {
        try (JsonParser json = JSON.createParser(text)) {
            Map<String, List<String>> names = new HashMap<>();
            long relation = 0;
            List<Change> changes = new ArrayList<>();
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                json.nextToken();
                if (field.equals("relation")) {
                    relation = json.getLongValue();
                } else if (field.equals("changes")) {
                    long oid = relation;
                    Shape shape = shapes.computeIfAbsent(
                            table + " " + oid + names,
                            met -> new Shape(
                                    table,
                                    names.getOrDefault("columns", List.of()),
                                    names.getOrDefault("identity", List.of()),
                                    oid,
                                    names.getOrDefault("types", List.of())));
                    readChanges(json, table, shape, changes);
                } else {
                    names.put(field, List.of(readRow(json)));
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
                case "insert" -> changes.add(new Change.Insert(shape, released(json)));
                case "update" -> changes.add(new Change.Update(shape, released(json), released(json)));
                case "delete" -> changes.add(new Change.Delete(shape, released(json)));
                case "truncate" -> changes.add(new Change.Truncate(List.of(table)));
                default -> throw new IllegalStateException("unknown kind of change set aside: " + kind);
            }
            json.nextToken();
        }
    }

    private static MaskedRow released(JsonParser json) throws IOException {
        return json.nextToken() == JsonToken.VALUE_NULL ? null : MaskedRow.released(readRow(json));
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
