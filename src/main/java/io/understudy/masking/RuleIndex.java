package io.understudy.masking;

import io.understudy.postgres.TableId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Rules by what they name: a database may have thousands of columns, each with a rule of its own. */
final class RuleIndex {

    private final Map<String, List<ColumnRule>> exact = new HashMap<>();
    private final List<ColumnRule> patterns = new ArrayList<>();

    RuleIndex(List<ColumnRule> rules) {
        for (ColumnRule rule : rules) {
            if (rule.isExact()) {
                exact.computeIfAbsent(rule.pattern(), none -> new ArrayList<>()).add(rule);
            } else {
                patterns.add(rule);
            }
        }
    }

    List<ColumnRule> matching(TableId table, String column) {
        List<ColumnRule> rules = new ArrayList<>(exact.getOrDefault(table + "." + column, List.of()));
        for (ColumnRule pattern : patterns) {
            if (pattern.matches(table, column)) {
                rules.add(pattern);
            }
        }
        return rules;
    }
}
