package io.understudy.masking;

import java.util.function.UnaryOperator;

/** The literal of an array: {@code [0:1]={"a b",NULL}}. */
final class ArrayText {

    private final String text;
    private final UnaryOperator<String> change;
    private final StringBuilder result;
    private int at;

    private ArrayText(String text, UnaryOperator<String> change) {
        this.text = text;
        this.change = change;
        this.result = new StringBuilder(text.length());
    }

    /** The array with every element changed that is not null; null for what is no array. */
    static String map(String text, UnaryOperator<String> change) {
        ArrayText array = new ArrayText(text, change);
        return array.bounds() && array.elements() && array.at == text.length() ? array.result.toString() : null;
    }

    private boolean bounds() {
        int brace = text.indexOf('{');
        if (brace < 0) {
            return false;
        }
        for (int i = 0; i < brace; i++) {
            if ("[]:-=0123456789".indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        result.append(text, 0, brace);
        at = brace;
        return true;
    }

    /** Without recursion: the depth is the text's to choose. */
    private boolean elements() {
        int depth = 0;
        while (at < text.length()) {
            char letter = text.charAt(at);
            switch (letter) {
                case '{', '}' -> {
                    depth += letter == '{' ? 1 : -1;
                    result.append(letter);
                    at++;
                    if (depth == 0) {
                        return true;
                    }
                }
                case ',' -> {
                    result.append(letter);
                    at++;
                }
                default -> {
                    if (!element(letter == '"')) {
                        return false;
                    }
                }
            }
        }
        return false;
    }

    private boolean element(boolean quoted) {
        StringBuilder value = new StringBuilder();
        boolean escaped = false;
        at += quoted ? 1 : 0;
        while (at < text.length() && !(quoted ? text.charAt(at) == '"' : ",}{\"".indexOf(text.charAt(at)) >= 0)) {
            if (text.charAt(at) == '\\') {
                escaped = true;
                at++;
                if (at == text.length()) {
                    return false;
                }
            }
            value.append(text.charAt(at++));
        }
        if (at == text.length()) {
            return false;
        }
        at += quoted ? 1 : 0;
        String element = value.toString();
        boolean isNull = !quoted && !escaped && element.equalsIgnoreCase("null");
        append(isNull ? null : change.apply(element));
        return true;
    }

    private void append(String element) {
        if (element == null) {
            result.append("NULL");
            return;
        }
        if (!needsQuotes(element)) {
            result.append(element);
            return;
        }
        result.append('"');
        for (int i = 0; i < element.length(); i++) {
            char letter = element.charAt(i);
            if (letter == '"' || letter == '\\') {
                result.append('\\');
            }
            result.append(letter);
        }
        result.append('"');
    }

    private static boolean needsQuotes(String element) {
        if (element.isEmpty() || element.equalsIgnoreCase("null")) {
            return true;
        }
        for (int i = 0; i < element.length(); i++) {
            char letter = element.charAt(i);
            if (letter <= ' ' || "{},\"\\".indexOf(letter) >= 0) {
                return true;
            }
        }
        return false;
    }
}
