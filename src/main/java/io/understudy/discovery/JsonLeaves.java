package io.understudy.discovery;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Walks the values of a JSON document that may have been cut off: what comes before the cut is seen. A path is the names
 * on the way with dots between, and {@code []} for the elements of an array: {@code items[].sku}, as rules have it.
 */
final class JsonLeaves {

    /** Who takes what is found. */
    interface Visitor {
        /** @param choice true, false: nothing to look at */
        void leaf(String path, String text, boolean choice);

        /** The name of a field, which in a map from something to something is data. */
        void name(String name);
    }

    private static final String ELEMENT = "[]";

    // The names come from rows: a table of them would hold them for ever.
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private JsonLeaves() {}

    static void walk(String document, Visitor visitor) {
        // The path of each object and array that is open, and of the next value in it.
        Deque<String> above = new ArrayDeque<>();
        String here = "";
        try (JsonParser parser = JSON.createParser(document)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.FIELD_NAME) {
                    here = named(above.element(), parser.currentName());
                    visitor.name(parser.currentName());
                } else if (token.isStructStart()) {
                    above.push(here);
                    here = token == JsonToken.START_ARRAY ? here + ELEMENT : here;
                } else if (token.isStructEnd()) {
                    above.pop();
                    here = parser.getParsingContext().inArray() ? above.element() + ELEMENT : "";
                } else if (token != JsonToken.VALUE_NULL) {
                    visitor.leaf(here, parser.getText(), token.isBoolean());
                }
            }
        } catch (IOException e) {
            // Cut off here.
        }
    }

    private static String named(String above, String name) {
        return above.isEmpty() ? name : above + "." + name;
    }
}
