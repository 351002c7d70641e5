package io.understudy.outbound;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** The literal of an array, {@code {{1,2},{3,NULL}}}, as nested JSON arrays. Bounds ({@code [0:1]={1,2}}) are left out. */
final class ArrayJson {

    interface Element {
        void write(JsonGenerator json, String value) throws IOException;
    }

    private ArrayJson() {}

    /** Whether every brace and quote of it is closed; what is not an array is not taken apart. */
    static boolean isOne(String text) {
        int depth = 0;
        boolean quoted = false;
        for (int i = start(text); i < text.length(); i++) {
            char letter = text.charAt(i);
            if (letter == '\\') {
                i++;
            } else if (letter == '"') {
                quoted = !quoted;
            } else if (!quoted && letter == '{') {
                depth++;
            } else if (!quoted && letter == '}') {
                depth--;
                if (depth == 0) {
                    return i == text.length() - 1;
                }
            } else if (depth == 0) {
                return false;
            }
        }
        return false;
    }

    private static int start(String text) {
        return text.startsWith("[") ? text.indexOf('=') + 1 : 0;
    }

    static void write(String text, JsonGenerator json, Element element) throws IOException {
        StringBuilder value = new StringBuilder();
        boolean quoted = false;
        boolean wasQuoted = false;
        for (int i = start(text); i < text.length(); i++) {
            char letter = text.charAt(i);
            if (letter == '\\') {
                value.append(text.charAt(++i));
                wasQuoted = true;
            } else if (letter == '"') {
                quoted = !quoted;
                wasQuoted = true;
            } else if (quoted || "{},".indexOf(letter) < 0) {
                value.append(letter);
            } else if (letter == '{') {
                json.writeStartArray();
            } else {
                if (wasQuoted || !value.isEmpty()) {
                    write(json, element, value.toString(), wasQuoted);
                    value.setLength(0);
                    wasQuoted = false;
                }
                if (letter == '}') {
                    json.writeEndArray();
                }
            }
        }
    }

    private static void write(JsonGenerator json, Element element, String value, boolean quoted) throws IOException {
        if (!quoted && value.equalsIgnoreCase("null")) {
            json.writeNull();
        } else {
            element.write(json, value);
        }
    }
}
