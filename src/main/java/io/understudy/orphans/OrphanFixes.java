package io.understudy.orphans;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What somebody typed behind {@code --fix}, {@code CONSTRAINT=POLICY}: each a fix, or a sentence about what is wrong. */
public final class OrphanFixes {

    private static final Pattern COMMA = Pattern.compile("(?<!\\\\),");
    private static final String ASSIGN = "assign=";

    private final List<OrphanKey> keys;
    private final List<OrphanFix> fixes = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    private OrphanFixes(List<OrphanKey> keys) {
        this.keys = keys;
    }

    /** @param keys all that can be named */
    public static OrphanFixes parse(List<String> texts, List<OrphanKey> keys) {
        OrphanFixes all = new OrphanFixes(keys);
        texts.forEach(all::add);
        return all;
    }

    /** In the order in which they were given. */
    public List<OrphanFix> fixes() {
        return fixes;
    }

    public List<String> problems() {
        return problems;
    }

    /** Names may hold the sign: the first place that parts a name that there is from a policy that there is. */
    private void add(String text) {
        boolean policySeen = false;
        for (int equals = text.indexOf('='); equals >= 0; equals = text.indexOf('=', equals + 1)) {
            String name = text.substring(0, equals).strip();
            String policy = text.substring(equals + 1).strip();
            if (!isPolicy(policy)) {
                continue;
            }
            policySeen = true;
            List<OrphanKey> named = named(name);
            if (named.size() == 1) {
                add(text, named.get(0), policy);
                return;
            }
            if (named.size() > 1) {
                problems.add("--fix has \"" + name + "\", and there are " + named.size() + " of that name: "
                        + String.join(", ", named.stream().map(OrphanKey::path).toList())
                        + ".");
                return;
            }
        }
        problems.add(
                policySeen
                        ? "--fix has \"" + text.substring(0, text.indexOf('='))
                                + "\", which names no foreign key of a mirrored table. They are listed by: ./understudy orphans"
                        : "--fix has \"" + text + "\"; it takes CONSTRAINT=POLICY, and a policy is one of "
                                + OrphanPolicy.words() + ".");
    }

    private static boolean isPolicy(String text) {
        return text.startsWith(ASSIGN)
                || OrphanPolicy.of(text)
                        .filter(policy -> policy != OrphanPolicy.ASSIGN)
                        .isPresent();
    }

    private List<OrphanKey> named(String name) {
        Optional<OrphanKey> exact = keys.stream()
                .filter(key -> key.path().equals(name) || key.path().equals("public." + name))
                .findFirst();
        return exact.map(List::of)
                .orElseGet(() -> keys.stream()
                        .filter(key -> key.constraint().name().equals(name))
                        .toList());
    }

    private void add(String text, OrphanKey key, String policy) {
        if (fixes.stream().anyMatch(fix -> fix.key().path().equals(key.path()))) {
            problems.add("--fix names " + key.path() + " twice.");
            return;
        }
        if (!policy.startsWith(ASSIGN)) {
            fixes.add(new OrphanFix(key, OrphanPolicy.of(policy).orElseThrow(), List.of()));
            return;
        }
        List<String> columns = key.constraint().columns();
        String given = policy.substring(ASSIGN.length());
        List<String> values = columns.size() == 1
                ? List.of(given)
                : COMMA.splitAsStream(given)
                        .map(value -> value.strip().replace("\\,", ","))
                        .toList();
        if (given.isEmpty() || values.size() != columns.size()) {
            problems.add("--fix " + key.path() + "=assign takes the key of a row of " + key.referenced() + ": "
                    + (columns.size() == 1
                            ? "a value for " + columns.get(0)
                            : columns.size() + " values by comma (\\, for one within a value), for "
                                    + String.join(", ", columns))
                    + ".");
            return;
        }
        fixes.add(new OrphanFix(key, OrphanPolicy.ASSIGN, values));
    }
}
