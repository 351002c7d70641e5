package io.understudy.discovery;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Walks the values of a JSON document that may have been cut off: what comes before the cut is seen. A path is the names
 * on the way with dots between; arrays add nothing to it.
 */
final class JsonLeaves {

    /** Who takes what is found. */
    interface Visitor {
        /** @param choice true, false: nothing to look at */
        void leaf(String path, String text, boolean choice);

        /** The name of a field, which in a map from something to something is data. */
        void name(String name);
    }

    private static final JsonFactory JSON = new JsonFactory();

    private JsonLeaves() {}

    static void walk(String document, Visitor visitor) {
        Deque<String> path = new ArrayDeque<>();
        try (JsonParser parser = JSON.createParser(document)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                switch (token) {
                    case FIELD_NAME -> {
                        path.addLast(parser.currentName());
                        visitor.name(parser.currentName());
                    }
                    case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE -> {
                        visitor.leaf(String.join(".", path), parser.getText(), token.isBoolean());
                        leaveField(parser, path);
                    }
                    case VALUE_NULL -> leaveField(parser, path);
                    case END_OBJECT, END_ARRAY -> leaveField(parser, path);
                    default -> {
                        // The start of an object or an array: it is named already, or has no name.
                    }
                }
            }
        } catch (IOException e) {
            // Cut off here.
        }
    }

    /** A value, an object or an array that was a field's ends the field; in an array nothing ends. */
    private static void leaveField(JsonParser parser, Deque<String> path) {
        if (parser.getParsingContext().inObject()) {
            path.pollLast();
        }
    }
}
