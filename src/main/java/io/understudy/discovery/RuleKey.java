package io.understudy.discovery;

import io.understudy.postgres.TableId;

/** How a column is named in the key of its rule, and how such a key is written into a properties file. */
public final class RuleKey {

    private static final String PREFIX = "understudy.masking.rules.";

    private RuleKey() {}

    /**
     * {@code understudy.masking.rules."public.person.email"}: the names as the catalog spells them, with a backslash before
     * each quote and backslash.
     */
    public static String of(TableId table, String column) {
        String path = table + "." + column;
        return PREFIX + '"' + path.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** One line that {@link java.util.Properties} reads back as this key and this value. */
    public static String line(String key, String value) {
        return escaped(key, true) + "=" + escaped(value, false);
    }

    private static String escaped(String text, boolean key) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            switch (letter) {
                case '\\' -> escaped.append("\\\\");
                case '\n' -> escaped.append("\\n");
                case '\r' -> escaped.append("\\r");
                case '\t' -> escaped.append("\\t");
                case '\f' -> escaped.append("\\f");
                case ' ' -> escaped.append(key || i == 0 ? "\\ " : " ");
                case ':', '=', '#', '!' -> escaped.append(key ? "\\" : "").append(letter);
                default -> {
                    // Files of properties are read in either encoding: what is not ASCII means the same in both.
                    boolean ascii = letter >= 0x20 && letter < 0x7f;
                    escaped.append(ascii ? String.valueOf(letter) : String.format("\\u%04x", (int) letter));
                }
            }
        }
        return escaped.toString();
    }
}
