package io.understudy.masking;

import io.understudy.masking.MaskingProblem.Weight;
import io.understudy.masking.PolicyResolver.Remembered;
import io.understudy.postgres.Column;
import io.understudy.postgres.ForeignKey;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which rule holds for which column: the one that says most about it, by the name that it has or had, and then the one of
 * the columns that foreign keys tie it to.
 */
final class ColumnRules {

    private final RuleIndex index;
    private final MaskingSettings settings;
    private final List<Table> tables;
    private final List<MaskingProblem> problems;
    private final Map<Long, Remembered> remembered = new HashMap<>();
    private final ColumnTies<Place> ties = new ColumnTies<>();
    private final Map<Place, ColumnRule> decided = new LinkedHashMap<>();
    private final Set<ColumnRule> met = new HashSet<>();
    private final Set<List<Place>> conflicts = new HashSet<>();

    /** @param problems to which what stands against the rules is added */
    ColumnRules(
            MaskingSettings settings,
            List<Table> tables,
            List<ForeignKey> foreignKeys,
            List<Remembered> remembered,
            List<MaskingProblem> problems) {
        this.index = new RuleIndex(settings.rules());
        this.settings = settings;
        this.tables = tables;
        this.problems = problems;
        remembered.forEach(known -> this.remembered.put(known.relation(), known));
        Set<TableId> ids = tables.stream().map(Table::id).collect(Collectors.toSet());
        for (ForeignKey key : foreignKeys) {
            if (ids.contains(key.table()) && ids.contains(key.referenced())) {
                for (int i = 0; i < key.columns().size(); i++) {
                    ties.tie(
                            new Place(key.table(), key.columns().get(i)),
                            new Place(key.referenced(), key.referencedColumns().get(i)));
                }
            }
        }
        tables.forEach(this::requireRulesByPresentName);
        tables.forEach(this::decide);
    }

    Optional<Remembered> remembered(Table table) {
        return Optional.ofNullable(remembered.get(table.relation()));
    }

    /** Columns that are masked the same, itself included. */
    List<Place> tied(Place place) {
        return ties.of(place);
    }

    /**
     * Written for one of them counts for all, and before what a pattern says. A column that refers may be emptied all the
     * same.
     */
    Optional<MaskRule> of(Place place) {
        ColumnRule own = decided.get(place);
        if (own != null && own.isExact() && own.rule().empties()) {
            return Optional.of(own.rule());
        }
        List<Place> group = ties.of(place);
        Map<MaskRule, List<Place>> written = new LinkedHashMap<>();
        Map<MaskRule, List<Place>> byPattern = new LinkedHashMap<>();
        for (Place member : group) {
            ColumnRule rule = decided.get(member);
            if (rule != null && !rule.rule().empties()) {
                (rule.isExact() ? written : byPattern)
                        .computeIfAbsent(rule.rule(), none -> new ArrayList<>())
                        .add(member);
            }
        }
        Map<MaskRule, List<Place>> candidates = written.isEmpty() ? byPattern : written;
        if (candidates.size() > 1 && conflicts.add(group)) {
            problems.add(new MaskingProblem(
                    Weight.BLOCKS,
                    "Foreign keys tie columns together that have different rules: "
                            + candidates.entrySet().stream()
                                    .map(entry -> entry.getValue().get(0) + "="
                                            + entry.getKey().text())
                                    .collect(Collectors.joining(", "))
                            + ". Masked like this, no row would find the one that it refers to.",
                    "Give them the same rule in understudy.masking.rules.",
                    group.stream().map(Place::table).distinct().toList()));
        }
        if (candidates.isEmpty()) {
            return Optional.ofNullable(own).map(ColumnRule::rule);
        }
        // Until they agree, what any of them wants masked is masked.
        return candidates.keySet().stream()
                .filter(rule -> !rule.keeps())
                .findFirst()
                .or(() -> candidates.keySet().stream().findFirst());
    }

    /** @return tables for which a rule was written that names none of their columns: a new one may be what is meant */
    Set<TableId> requireMatched() {
        Set<TableId> concerned = new HashSet<>();
        for (ColumnRule rule : settings.rules()) {
            if (!met.contains(rule)) {
                List<Table> meant = tables.stream()
                        .filter(table -> rule.isExact() && rule.pattern().startsWith(table.id() + "."))
                        .toList();
                List<TableId> about = meant.stream().map(Table::id).toList();
                // A column that production has dropped needs no rule, unless another may have taken its place.
                boolean dropped = !meant.isEmpty() && meant.stream().allMatch(table -> wasDropped(rule, table));
                concerned.addAll(about);
                problems.add(new MaskingProblem(
                        dropped ? Weight.WARNS : about.isEmpty() ? Weight.BLOCKS_FIRST_COPY : Weight.BLOCKS,
                        "understudy.masking.rules has \"" + rule.pattern()
                                + "\", which names no column of a mirrored table.",
                        "Correct it" + nearest(rule.pattern()) + ", and start again.",
                        about));
            }
        }
        return concerned;
    }

    private boolean wasDropped(ColumnRule rule, Table table) {
        Remembered known = remembered.get(table.relation());
        return known != null
                && known.knows(rule.pattern().substring((table.id() + ".").length()))
                && newUnlisted(table).isEmpty();
    }

    /** Columns without a rule that were not there when the table was last found to fit. */
    List<String> newUnlisted(Table table) {
        Remembered known = remembered.get(table.relation());
        return table.stored().stream()
                .map(Column::name)
                .filter(name -> known != null && !known.knows(name))
                .filter(name -> !decided.containsKey(new Place(table.id(), name)))
                .toList();
    }

    /** Names that it had, as far as the ledger knows, and that no other column has now. */
    List<String> formerNames(Table table, Column column) {
        Remembered known = remembered.get(table.relation());
        return known == null
                ? List.of()
                : known.names().getOrDefault(column.number(), List.of()).stream()
                        .filter(former -> table.column(former).isEmpty())
                        .toList();
    }

    /** Once the ledger has the new name nothing would tell that the rules for the former one are meant. */
    private void requireRulesByPresentName(Table table) {
        Remembered known = remembered.get(table.relation());
        if (known == null || known.name().equals(table.id())) {
            return;
        }
        table.columns().stream()
                .flatMap(column -> index.matching(known.name(), column.name()).stream())
                .filter(rule -> table.columns().stream().noneMatch(column -> rule.matches(table.id(), column.name())))
                .findFirst()
                .ifPresent(rule -> problems.add(new MaskingProblem(
                        Weight.BLOCKS,
                        "The table " + known.name() + " is called " + table.id()
                                + " now, and understudy.masking.rules has \"" + rule.pattern() + "\".",
                        "Write the rules for " + table.id() + " and start again.",
                        List.of(table.id()))));
    }

    private String nearest(String pattern) {
        return tables.stream()
                .flatMap(table -> table.columns().stream().map(column -> table.id() + "." + column.name()))
                .collect(Collectors.collectingAndThen(
                        Collectors.toList(),
                        paths -> paths.isEmpty() ? "" : ": the nearest is " + Nearest.to(pattern, paths)));
    }

    /** The rule that says most about each column; then the one of the columns that it is tied to. */
    private void decide(Table table) {
        for (Column column : table.columns()) {
            Place place = new Place(table.id(), column.name());
            Optional<ColumnRule> own = best(table, column.name());
            own.ifPresent(rule -> decided.put(place, rule));
            for (String former : formerNames(table, column)) {
                best(table, former)
                        .filter(rule -> own.isEmpty() || isMeant(rule, own.get()))
                        .ifPresent(rule -> decideByFormerName(place, former, rule));
            }
        }
    }

    private Optional<ColumnRule> best(Table table, String column) {
        return matching(table, column).stream()
                // The last of those that say as much.
                .reduce((a, b) -> b.letters() >= a.letters() ? b : a);
    }

    /** By the name it has, and by the one that it had when it was last found to fit. */
    private List<ColumnRule> matching(Table table, String column) {
        List<ColumnRule> rules = new ArrayList<>(index.matching(table.id(), column));
        Remembered known = remembered.get(table.relation());
        if (known != null && !known.name().equals(table.id())) {
            rules.addAll(index.matching(known.name(), column));
        }
        met.addAll(rules);
        return rules;
    }

    boolean isNamed(Table table, String column) {
        return best(table, column).isPresent();
    }

    /**
     * Whether a rule for a column's former name comes before one for its present name, which another column may have had:
     * it masks, and was written for exactly that name, or says more.
     */
    private static boolean isMeant(ColumnRule former, ColumnRule own) {
        boolean saysMore = former.isExact() || !own.isExact() && former.letters() > own.letters();
        return !former.rule().keeps() && saysMore && !former.rule().equals(own.rule());
    }

    /** Its values are masked as before, and wait with their table until somebody has said that this is meant. */
    private void decideByFormerName(Place place, String former, ColumnRule rule) {
        decided.put(place, rule);
        problems.add(new MaskingProblem(
                Weight.BLOCKS,
                "The column " + place.table() + "." + former + " is called " + place.column()
                        + " now, and understudy.masking.rules has \"" + rule.pattern() + "\" for its former name.",
                "Write a rule for " + place + " in its place, and start again.",
                List.of(place.table())));
    }
}
