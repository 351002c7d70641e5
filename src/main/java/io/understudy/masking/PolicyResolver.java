package io.understudy.masking;

import io.understudy.masking.MaskingProblem.Weight;
import io.understudy.masking.MaskingSettings.Unlisted;
import io.understudy.postgres.Column;
import io.understudy.postgres.ForeignKey;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.ReplicaIdentity;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.understudy.postgres.UniqueColumns;
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

    /**
     * What the ledger remembers of a table.
     *
     * @param name by what it was called
     * @param names of its columns by their numbers, the latest first, when it was last found to fit
     * @param dropped names of columns that were there once
     */
    public record Remembered(TableId name, long relation, Map<Integer, List<String>> names, Set<String> dropped) {

        private boolean knows(String column) {
            return dropped.contains(column) || names.values().stream().anyMatch(all -> all.contains(column));
        }
    }

    /** For rules that do not go by it. */
    private static final Secret UNUSED = new Secret("for rules that need none");

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
    private final Set<List<Place>> conflicts = new HashSet<>();
    private final Map<TableId, List<UniqueColumns>> unique;
    private final Map<TableId, Set<String>> partitionKeys;

    /**
     * @param tables those of the source that are mirrored
     * @param mirrored those of them that the target has as well
     * @param foreignKeys of either side
     * @param excluded columns that somebody has left out
     * @param unique what is unique on either side
     * @param partitionKeys of the target's partitioned tables
     */
    public PolicyResolver(
            MaskingSettings settings,
            List<Table> tables,
            Map<TableId, MirroredTable> mirrored,
            List<ForeignKey> foreignKeys,
            Map<TableId, Set<String>> excluded,
            List<Remembered> remembered,
            List<UniqueColumns> unique,
            Map<TableId, Set<String>> partitionKeys) {
        this.unique = unique.stream().collect(Collectors.groupingBy(UniqueColumns::table));
        this.partitionKeys = partitionKeys;
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
        tables.forEach(this::requireRulesByPresentName);
        tables.forEach(this::decide);
        Set<TableId> unmatched = requireMatched();
        Map<TableId, TableMasks> resolved = new HashMap<>();
        Map<Long, TableMasks> relations = new HashMap<>();
        for (Table table : tables) {
            TableMasks masks = masks(table, unmatched.contains(table.id()));
            resolved.put(table.id(), masks);
            relations.put(table.relation(), masks);
        }
        return new MaskingPolicy(false, settings.canaries(), resolved, relations);
    }

    /** @return tables for which a rule was written that names none of their columns: a new one may be what is meant */
    private Set<TableId> requireMatched() {
        Set<TableId> concerned = new HashSet<>();
        for (ColumnRule rule : settings.rules()) {
            boolean met = tables.stream()
                    .anyMatch(table -> table.columns().stream()
                            .anyMatch(column -> matches(rule, table, column.name())
                                    || formerNames(table, column).stream()
                                            .anyMatch(former -> matches(rule, table, former))));
            if (!met) {
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

    private List<String> newUnlisted(Table table) {
        Remembered known = remembered.get(table.relation());
        return table.stored().stream()
                .map(Column::name)
                .filter(name -> known != null && !known.knows(name))
                .filter(name -> !decided.containsKey(new Place(table.id(), name)))
                .toList();
    }

    /** Names that it had, as far as the ledger knows, and that no other column has now. */
    private List<String> formerNames(Table table, Column column) {
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
            Place place = new Place(table.id(), column.name());
            best(table, column.name()).ifPresent(rule -> decided.put(place, rule));
            if (!decided.containsKey(place)) {
                formerNames(table, column).stream()
                        .filter(former -> best(table, former).isPresent())
                        .findFirst()
                        .ifPresent(former -> decideByFormerName(
                                place, former, best(table, former).orElseThrow()));
            }
        }
    }

    private Optional<ColumnRule> best(Table table, String column) {
        return settings.rules().stream()
                .filter(rule -> matches(rule, table, column))
                // The last of those that say as much.
                .reduce((a, b) -> b.letters() >= a.letters() ? b : a);
    }

    /** Its values are masked as before, and wait with their table until somebody has said that this is meant. */
    private void decideByFormerName(Place place, String former, ColumnRule rule) {
        decided.put(place, rule);
        problems.add(new MaskingProblem(
                Weight.BLOCKS,
                "The column " + place.table() + "." + former + " is called " + place.column()
                        + " now, and understudy.masking.rules has \"" + rule.pattern() + "\" for its former name.",
                "Write a rule for " + place + " and start again.",
                List.of(place.table())));
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

    private TableMasks masks(Table table, boolean renamed) {
        Map<String, TableMasks.ColumnMask> masked = new LinkedHashMap<>();
        Set<String> withheld = new LinkedHashSet<>(excluded.getOrDefault(table.id(), Set.of()));
        List<String> unlisted = new ArrayList<>();
        List<String> mayBeMeant = renamed ? newUnlisted(table) : List.of();
        for (Column column : table.stored()) {
            if (withheld.contains(column.name())) {
                continue;
            }
            Place place = new Place(table.id(), column.name());
            Optional<MaskRule> rule = rule(place);
            if (rule.isEmpty() && (settings.unlisted() == Unlisted.REFUSE || mayBeMeant.contains(column.name()))) {
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
        new UniquenessForecast(table, unique.getOrDefault(table.id(), List.of()), masked)
                .problems()
                .forEach(problems::add);
        requirePartitions(table, masked);
        Map<String, Integer> numbers = new HashMap<>();
        Map<String, String> formerly = new HashMap<>();
        for (Column column : table.columns()) {
            numbers.put(column.name(), column.number());
            formerNames(table, column).forEach(former -> formerly.put(former, column.name()));
        }
        boolean bare = masked.isEmpty() && withheld.isEmpty() && settings.unlisted() == Unlisted.KEEP;
        return new TableMasks(
                table.relation(),
                numbers,
                masked,
                withheld,
                bare ? Set.of() : computed(table, masked, withheld),
                formerly,
                gone(table));
    }

    /** They are computed again at the target, from what is there. */
    private Set<String> computed(Table table, Map<String, TableMasks.ColumnMask> masked, Set<String> withheld) {
        List<String> inKey = table.columns().stream()
                .filter(Column::generated)
                .map(Column::name)
                .filter(table.key()::contains)
                .toList();
        if (!inKey.isEmpty() && !(masked.isEmpty() && withheld.isEmpty())) {
            problems.add(new MaskingProblem(
                    Weight.BLOCKS,
                    "The key of " + table.id() + " has the generated column " + String.join(", ", inKey)
                            + ": computed from masked values it is another at the target, and no row would be found.",
                    "Keep all columns of the table (understudy.masking.rules.\"" + table.id()
                            + ".*\"=keep), give it another replica identity, or leave it out.",
                    List.of(table.id())));
        }
        return table.columns().stream()
                .filter(Column::generated)
                .map(Column::name)
                .filter(name -> !inKey.contains(name))
                .collect(Collectors.toSet());
    }

    /** Of columns that were dropped: without a type nothing is masked, so that what has a rule does not leave. */
    private Map<String, TableMasks.Decision> gone(Table table) {
        Remembered known = remembered.get(table.relation());
        Map<String, TableMasks.Decision> gone = new HashMap<>();
        if (known != null) {
            known.dropped()
                    .forEach(name -> gone.put(
                            name,
                            settings.unlisted() == Unlisted.KEEP
                                            && best(table, name).isEmpty()
                                    ? TableMasks.Decision.KEPT
                                    : TableMasks.Decision.WITHHELD));
        }
        return gone;
    }

    private void requirePartitions(Table table, Map<String, TableMasks.ColumnMask> masked) {
        List<String> cutting = partitionKeys.getOrDefault(table.id(), Set.of()).stream()
                .filter(masked::containsKey)
                .sorted()
                .toList();
        for (String column : cutting) {
            refuse(
                    new Place(table.id(), column),
                    masked.get(column).rule(),
                    "masks a column of the partition key: at the target no partition may be there for the pseudonym",
                    "Keep it, or cut the target's table otherwise.");
        }
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
        if (settings.secret().isEmpty() && rule.isKeyed()) {
            refuse(
                    place,
                    rule,
                    "needs a secret, and understudy.masking.secret is not set",
                    "Set UNDERSTUDY_MASKING_SECRET to 16 bytes or more and start again.");
            return Optional.empty();
        }
        List<String> seeds = rule.seedColumn().map(List::of).orElseGet(() -> rule.seeded() ? table.key() : List.of());
        boolean identifies = table.key().contains(column.name())
                && table.replicaIdentity() != ReplicaIdentity.FULL
                && !table.key().containsAll(seeds);
        if (identifies) {
            refuse(
                    place,
                    rule,
                    "masks a column of the key by one that is not: of a row that is gone the log has only the key",
                    "Name a column of the key.");
            return Optional.empty();
        }
        for (String seed : seeds) {
            if (table.stored().stream().noneMatch(there -> there.name().equals(seed))
                    || excluded.getOrDefault(table.id(), Set.of()).contains(seed)) {
                refuse(place, rule, "goes by " + seed + ", which is no column that is copied", "Name another one.");
                return Optional.empty();
            }
        }
        try {
            Secret secret = settings.secret().orElse(UNUSED);
            List<Fit> fits = fits(place);
            Fit.requireAlike(fits);
            fits.forEach(each -> Masks.of(rule, secret, each));
            Fit fit = Fit.narrowest(fits);
            Masks.of(rule, secret, fit);
            return Optional.of(
                    new TableMasks.ColumnMask(rule, secret, fit, seeds, signature(rule, seeds, fit, secret)));
        } catch (IllegalArgumentException e) {
            refuse(
                    place,
                    rule,
                    e.getMessage(),
                    "Choose a rule that suits the type; ./understudy masks suggest knows one.");
            return Optional.empty();
        }
    }

    private static String signature(MaskRule rule, List<String> seeds, Fit fit, Secret secret) {
        return rule.text() + " of " + String.join(",", seeds) + " to " + type(fit)
                + (rule.isKeyed() ? " by " + secret.fingerprint() : "");
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
