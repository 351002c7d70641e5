package io.understudy.masking;

import io.understudy.postgres.TableId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * By what the values of a table's columns are masked, as the ledger keeps it: column to signature, and columns that are
 * not named are as the source has them.
 *
 * <p>A column whose rule changed has every signature that its values may have, until they are written anew. That a rule
 * was taken back does not make it whole again: rows that came meanwhile have the values of the rule in between.
 */
public final class Signatures {

    public static final String KEEP = "keep";
    static final String WITHHELD = "withheld";
    /** Values that came before anybody noted by what they were masked. */
    static final String UNKNOWN = "unknown";

    /** In no rule. */
    private static final String SEPARATOR = "\n";

    private Signatures() {}

    /**
     * What the ledger has to say from now on.
     *
     * @param before what it says
     * @param known columns of which it speaks: of these, what it does not name is as the source has it
     * @param formerNames of columns that were renamed since, to the present ones
     * @param doubtful whether values of columns it does not know may have come before this process started
     */
    public static Map<String, String> noted(
            Map<String, String> before,
            Set<String> known,
            Map<String, String> formerNames,
            MaskingPolicy policy,
            TableId table,
            Set<String> columns,
            boolean doubtful) {
        Map<String, String> wanted = policy.signatures(table);
        Map<String, String> noted = new TreeMap<>();
        for (String column : columns) {
            String now = wanted.getOrDefault(column, KEEP);
            String name = formerName(column, formerNames);
            boolean isKnown = known.contains(name);
            // By its present name once that was noted, while the target still has the former one.
            String then = before.getOrDefault(column, before.get(name));
            String next;
            if (then != null || isKnown) {
                next = and(then == null ? KEEP : then, now);
            } else {
                next = doubtful && !policy.isOpen()
                        ? UNKNOWN
                        : policy.history(table, column).get(0);
                for (String since : policy.history(table, column)) {
                    next = and(next, since);
                }
            }
            if (!isKnown || !next.equals(KEEP)) {
                noted.put(column, next);
            }
        }
        return noted;
    }

    private static String formerName(String column, Map<String, String> formerNames) {
        return formerNames.entrySet().stream()
                .filter(renamed -> renamed.getValue().equals(column))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(column);
    }

    /**
     * What was written by one policy while changes may have come by others.
     *
     */
    public static Map<String, String> written(MaskingPolicy by, MaskingPolicy now, TableId table) {
        Map<String, String> written = new TreeMap<>(by.signatures(table));
        for (String column : now.columns(table)) {
            List<String> then = by.history(table, column);
            List<String> since = now.history(table, column);
            if (since.size() > then.size()) {
                String signature = written.getOrDefault(column, KEEP);
                for (String later : since.subList(then.size(), since.size())) {
                    signature = mixed(signature, later);
                }
                written.put(column, signature);
            }
        }
        return written;
    }

    private static String mixed(String signature, String later) {
        String both = and(signature, later);
        return isStale(both) ? both : signature + SEPARATOR + later;
    }

    private static String and(String before, String now) {
        return parts(before).contains(now) ? before : before + SEPARATOR + now;
    }

    /** Whether values by different rules are there. */
    public static boolean isStale(String signature) {
        return signature.contains(SEPARATOR);
    }

    public static boolean wasEmptied(String signature) {
        return parts(signature).contains(WITHHELD) || parts(signature).contains(UNKNOWN);
    }

    /** Columns with values of former rules. */
    public static List<String> stale(Map<String, String> signatures) {
        return signatures.entrySet().stream()
                .filter(column -> isStale(column.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The rules that a column had, for people: {@code email -> hash}. */
    public static String words(String signature, String now) {
        List<String> parts = new ArrayList<>(parts(signature));
        if (!parts.get(parts.size() - 1).equals(now)) {
            parts.add(now);
        }
        List<String> words = parts.stream().map(Signatures::rule).toList();
        return words.stream().distinct().count() == 1
                ? words.get(0) + ", by another secret or for another type"
                : String.join(" -> ", words);
    }

    /** What is wanted of a column last, as far as the signature knows. */
    public static String last(String signature) {
        List<String> parts = parts(signature);
        return parts.get(parts.size() - 1);
    }

    /** {@code hash of  to text by 1a2b} is {@code hash}. */
    public static String rule(String part) {
        int end = part.lastIndexOf(" of ");
        return end < 0 ? part : part.substring(0, end);
    }

    private static List<String> parts(String signature) {
        return Arrays.stream(signature.split(SEPARATOR)).collect(Collectors.toList());
    }
}
