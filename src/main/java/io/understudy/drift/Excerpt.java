package io.understudy.drift;

/** Two definitions in short: what is long is told from where it begins to differ. */
record Excerpt(String source, String target) {

    private static final int LENGTH = 100;
    private static final int BEFORE = 20;

    static Excerpt of(String source, String target) {
        String here = oneLine(source);
        String there = oneLine(target);
        int start = 0;
        if (here.length() > LENGTH || there.length() > LENGTH) {
            int same = 0;
            while (same < Math.min(here.length(), there.length()) && here.charAt(same) == there.charAt(same)) {
                same++;
            }
            start = Math.max(0, same - BEFORE);
        }
        return new Excerpt(cut(here, start), cut(there, start));
    }

    static String of(String text) {
        return cut(oneLine(text), 0);
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ").replaceAll("\\p{Cntrl}", "?").strip();
    }

    private static String cut(String text, int start) {
        String rest = text.substring(Math.min(start, text.length()));
        return (start > 0 ? "…" : "") + (rest.length() <= LENGTH ? rest : rest.substring(0, LENGTH) + "…");
    }
}
