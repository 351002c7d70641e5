package io.understudy.masking;

import io.understudy.masking.MaskingProblem.Weight;
import io.understudy.masking.MaskingSettings.Unlisted;
import io.understudy.postgres.Column;
import io.understudy.postgres.ForeignKey;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Decides for every column of every mirrored table what becomes of its values, and says what stands against it.
 *
 * <p>Columns that foreign keys tie together are masked the same, so that joins still work: a rule on one of them is a
 * rule on all of them.
 */
public final class PolicyResolver {

    /** What the ledger remembers of a table: by what it was called, and its columns when it was last found to fit. */
    public record Remembered(TableId name, long relation, Set<String> columns) {}

    private record Place(TableId table, String column) {
        @Override
        public String toString() {
            return table + "." + column;
        }
    }

    private final MaskingSettings settings;
    private final List<Table> tables;
    private final Map<TableId, MirroredTable> mirrored;
    private final Map<TableId, Set<String>> excluded;
    private final List<MaskingProblem> problems = new ArrayList<>();
    private final Map<Long, Remembered> remembered = new HashMap<>();
    private final ColumnTies<Place> ties = new ColumnTies<>();
    private final Map<Place, ColumnRule> decided = new LinkedHashMap<>();

    /**
     * @param tables those of the source that are mirrored
     * @param mirrored those of them that the target has as well
     * @param excluded columns that somebody has left out
     */
    public PolicyResolver(
            MaskingSettings settings,
            List<Table> tables,
            Map<TableId, MirroredTable> mirrored,
            List<ForeignKey> foreignKeys,
            Map<TableId, Set<String>> excluded,
            List<Remembered> remembered) {
        this.settings = settings;
        this.tables = tables;
        this.mirrored = mirrored;
        this.excluded = excluded;
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
    }

    public List<MaskingProblem> problems() {
        return problems;
    }

    public MaskingPolicy resolve() {
        boolean leftOut = excluded.values().stream().anyMatch(columns -> !columns.isEmpty());
        if (settings.isNothing() && settings.canaries().isNothing() && !leftOut) {
            return MaskingPolicy.NONE;
        }
        Set<TableId> unmatched = requireMatched();
        tables.forEach(this::requireRulesByPresentName);
        tables.forEach(this::decide);
        Map<TableId, TableMasks> resolved = new HashMap<>();
        Map<Long, TableMasks> relations = new HashMap<>();
        for (Table table : tables) {
            TableMasks masks = masks(table, unmatched.contains(table.id()));
            resolved.put(table.id(), masks);
            relations.put(table.relation(), masks);
        }
        return new MaskingPolicy(false, settings.canaries(), resolved, relations);
    }

    /** @return tables for which a rule was written that names none of their columns: one may have a new name */
    private Set<TableId> requireMatched() {
        Set<TableId> concerned = new HashSet<>();
        for (ColumnRule rule : settings.rules()) {
            boolean met = tables.stream()
                    .anyMatch(
                            table -> table.columns().stream().anyMatch(column -> matches(rule, table, column.name())));
            if (!met) {
                List<TableId> about = tables.stream()
                        .map(Table::id)
                        .filter(id -> rule.isExact() && rule.pattern().startsWith(id + "."))
                        .toList();
                concerned.addAll(about);
                problems.add(new MaskingProblem(
                        about.isEmpty() ? Weight.BLOCKS_FIRST_COPY : Weight.BLOCKS,
                        "understudy.masking.rules has \"" + rule.pattern()
                                + "\", which names no column of a mirrored table.",
                        "Correct it" + nearest(rule.pattern()) + ", and start again.",
                        about));
            }
        }
        return concerned;
    }

    /** Once the ledger has the new name nothing would tell that the rules for the former one are meant. */
    private void requireRulesByPresentName(Table table) {
        Remembered known = remembered.get(table.relation());
        if (known == null || known.name().equals(table.id())) {
            return;
        }
        settings.rules().stream()
                .filter(rule -> table.columns().stream()
                        .anyMatch(column ->
                                rule.matches(known.name(), column.name()) && !rule.matches(table.id(), column.name())))
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

    /** By the name it has, and by the one that it had when it was last found to fit. */
    private boolean matches(ColumnRule rule, Table table, String column) {
        Remembered known = remembered.get(table.relation());
        return rule.matches(table.id(), column)
                || known != null && !known.name().equals(table.id()) && rule.matches(known.name(), column);
    }

    /** The rule that says most about each column; then the one of the columns that it is tied to. */
    private void decide(Table table) {
        for (Column column : table.stored()) {
            settings.rules().stream()
                    .filter(rule -> matches(rule, table, column.name()))
                    // The last of those that say as much.
                    .reduce((a, b) -> b.letters() >= a.letters() ? b : a)
                    .ifPresent(rule -> decided.put(new Place(table.id(), column.name()), rule));
        }
    }

    /**
     * Written for one of them counts for all, and before what a pattern says. A column that refers may be emptied all the
     * same.
     */
    private Optional<MaskRule> rule(Place place) {
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
        if (candidates.size() > 1 && place.equals(group.get(0))) {
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
        return Optional.of(candidates.keySet().iterator().next());
    }

    private TableMasks masks(Table table, boolean renamed) {
        Map<String, TableMasks.ColumnMask> masked = new LinkedHashMap<>();
        Set<String> withheld = new LinkedHashSet<>(excluded.getOrDefault(table.id(), Set.of()));
        List<String> unlisted = new ArrayList<>();
        Remembered known = remembered.get(table.relation());
        for (Column column : table.stored()) {
            if (withheld.contains(column.name())) {
                continue;
            }
            Place place = new Place(table.id(), column.name());
            Optional<MaskRule> rule = rule(place);
            boolean mayBeAnother = renamed && known != null && !known.columns().contains(column.name());
            if (rule.isEmpty() && (settings.unlisted() == Unlisted.REFUSE || mayBeAnother)) {
                unlisted.add(column.name());
                withheld.add(column.name());
            } else if (rule.isPresent() && !rule.get().keeps()) {
                // One that cannot be carried out stands against the table, and until then nothing of it leaves.
                mask(table, column, rule.get())
                        .ifPresentOrElse(mask -> masked.put(column.name(), mask), () -> withheld.add(column.name()));
            }
        }
        if (!unlisted.isEmpty()) {
            tellUnlisted(table, unlisted);
        }
        Set<String> names = table.columns().stream().map(Column::name).collect(Collectors.toSet());
        TableMasks masks = new TableMasks(masked, withheld, names);
        new UniquenessForecast(table, Optional.ofNullable(mirrored.get(table.id())), masked)
                .problems()
                .forEach(problems::add);
        return masks;
    }

    /** An empty key, or an empty column that must not be empty, is no row: the table waits for a decision. */
    private void tellUnlisted(Table table, List<String> columns) {
        List<String> impossible = columns.stream()
                .filter(name -> table.key().contains(name)
                        || mirrored.containsKey(table.id())
                                && mirrored.get(table.id())
                                        .target()
                                        .column(name)
                                        .filter(column -> column.notNull() && !column.hasDefault())
                                        .isPresent())
                .toList();
        String names = String.join(", ", columns);
        boolean one = columns.size() == 1;
        problems.add(new MaskingProblem(
                impossible.isEmpty() ? Weight.BLOCKS_FIRST_COPY : Weight.BLOCKS,
                (one ? "The column " : "The columns ") + names + " of " + table.id() + (one ? " has" : " have")
                        + " no rule in understudy.masking.rules: nothing of " + (one ? "it" : "them")
                        + " leaves the source"
                        + (impossible.isEmpty()
                                ? "."
                                : ", and " + String.join(", ", impossible) + " must not be empty at the target."),
                "For a ready configuration: ./understudy masks suggest " + table.id()
                        + ". On a running mirror: ./understudy masks approve " + table.id() + "." + columns.get(0)
                        + " RULE.",
                List.of(table.id())));
    }

    private Optional<TableMasks.ColumnMask> mask(Table table, Column column, MaskRule rule) {
        Place place = new Place(table.id(), column.name());
        if (rule.empties() && mustNotBeNull(table, column)) {
            refuse(
                    place,
                    rule,
                    "empties a column that must not be null",
                    "Choose another rule, such as blank or hash.");
            return Optional.empty();
        }
        if (settings.secret().isEmpty()) {
            refuse(
                    place,
                    rule,
                    "needs a secret, and understudy.masking.secret is not set",
                    "Set UNDERSTUDY_MASKING_SECRET to 16 bytes or more and start again.");
            return Optional.empty();
        }
        List<String> seeds = rule.seedColumn().map(List::of).orElseGet(() -> rule.seeded() ? table.key() : List.of());
        for (String seed : seeds) {
            if (table.stored().stream().noneMatch(there -> there.name().equals(seed))
                    || excluded.getOrDefault(table.id(), Set.of()).contains(seed)) {
                refuse(place, rule, "goes by " + seed + ", which is no column that is copied", "Name another one.");
                return Optional.empty();
            }
        }
        try {
            Fit fit = Fit.narrowest(fits(place));
            Masks.of(rule, settings.secret().get(), fit);
            return Optional.of(
                    new TableMasks.ColumnMask(rule, settings.secret().get(), fit, seeds, signature(rule, seeds, fit)));
        } catch (IllegalArgumentException e) {
            refuse(
                    place,
                    rule,
                    e.getMessage(),
                    "Choose a rule that suits the type; ./understudy masks suggest knows one.");
            return Optional.empty();
        }
    }

    private String signature(MaskRule rule, List<String> seeds, Fit fit) {
        return rule.text() + " of " + String.join(",", seeds) + " to " + type(fit) + " by "
                + settings.secret().orElseThrow().fingerprint();
    }

    private static String type(Fit fit) {
        return fit.kind().word()
                + (fit.length() == Fit.UNLIMITED ? "" : "(" + fit.length() + ")")
                + (fit.precision() == 0 ? "" : "(" + fit.precision() + "," + fit.scale() + ")");
    }

    private boolean mustNotBeNull(Table table, Column column) {
        return table.key().contains(column.name())
                || Optional.ofNullable(mirrored.get(table.id()))
                        .flatMap(both -> both.target().column(column.name()))
                        .orElse(column)
                        .notNull();
    }

    private void refuse(Place place, MaskRule rule, String why, String remedy) {
        problems.add(new MaskingProblem(
                Weight.BLOCKS,
                "understudy.masking.rules.\"" + place + "\"=" + rule.text() + " " + why + ".",
                remedy,
                List.of(place.table())));
    }

    /** Of all columns that are masked the same, on both sides. */
    private List<Fit> fits(Place place) {
        List<Fit> fits = new ArrayList<>();
        for (Place member : ties.of(place)) {
            tables.stream()
                    .filter(table -> table.id().equals(member.table()))
                    .flatMap(table -> table.column(member.column()).stream())
                    .map(Fit::of)
                    .forEach(fits::add);
            Optional.ofNullable(mirrored.get(member.table()))
                    .flatMap(both -> both.target().column(member.column()))
                    .map(Fit::of)
                    .ifPresent(fits::add);
        }
        return fits;
    }
}
