package io.understudy.demo;

import io.understudy.postgres.Sql;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A part of an {@code .sql} file, under a line {@code -- # title} or {@code -- # title: weight}. */
record SqlSection(String title, int weight, String sql) {

    private static final Pattern TITLE = Pattern.compile("(?m)^-- # (?<title>[^:\n]+)(?:: (?<weight>[0-9]+))?$");

    static List<SqlSection> of(String file) {
        return parse(Sql.file(SqlSection.class, file));
    }

    static List<SqlSection> parse(String text) {
        List<SqlSection> sections = new ArrayList<>();
        Matcher matcher = TITLE.matcher(text);
        boolean found = matcher.find();
        while (found) {
            String title = matcher.group("title");
            int weight = matcher.group("weight") == null ? 0 : Integer.parseInt(matcher.group("weight"));
            int from = matcher.end();
            found = matcher.find();
            sections.add(new SqlSection(
                    title,
                    weight,
                    text.substring(from, found ? matcher.start() : text.length())
                            .strip()));
        }
        return List.copyOf(sections);
    }
}
