package io.understudy.discovery;

import java.util.ArrayList;
import java.util.List;

/** The elements of an array as Postgres writes it, of any number of dimensions, also where the text was cut off. */
final class ArrayText {

    private ArrayText() {}

    static List<String> elements(String text) {
        List<String> elements = new ArrayList<>();
        StringBuilder element = new StringBuilder();
        boolean quoted = false;
        boolean wasQuoted = false;
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (letter == '\\' && i + 1 < text.length()) {
                element.append(text.charAt(++i));
            } else if (letter == '"') {
                quoted = !quoted;
                wasQuoted = true;
            } else if (!quoted && (letter == ',' || letter == '{' || letter == '}')) {
                add(elements, element, wasQuoted);
                wasQuoted = false;
            } else {
                element.append(letter);
            }
        }
        return elements;
    }

    private static void add(List<String> elements, StringBuilder element, boolean wasQuoted) {
        boolean isNull = !wasQuoted && element.toString().equals("NULL");
        if (element.length() > 0 && !isNull) {
            elements.add(element.toString());
        }
        element.setLength(0);
    }
}
