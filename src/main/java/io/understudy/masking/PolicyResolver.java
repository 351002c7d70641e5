package io.understudy.masking;

import io.understudy.masking.MaskingProblem.Weight;
import io.understudy.masking.MaskingSettings.Unlisted;
import io.understudy.postgres.Column;
import io.understudy.postgres.ForeignKey;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.understudy.postgres.UniqueColumns;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Decides for every column of every mirrored table what becomes of its values, and says what stands against it.
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

        boolean knows(String column) {
            return dropped.contains(column) || names.values().stream().anyMatch(all -> all.contains(column));
        }
    }

    /** For rules that do not go by it. */
    private static final Secret UNUSED = new Secret("for rules that need none");

    private final MaskingSettings settings;
    private final List<Table> tables;
    private final Map<TableId, MirroredTable> mirrored;
    private final Map<TableId, Set<String>> excluded;
    private final List<MaskingProblem> problems = new ArrayList<>();
    private final List<ForeignKey> foreignKeys;
    private final List<Remembered> remembered;
    private final Map<TableId, List<UniqueColumns>> unique;
    private final Map<TableId, Set<String>> partitionKeys;
    private final Map<TableId, Table> byId = new HashMap<>();
    private ColumnRules rules;

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
        this.foreignKeys = foreignKeys;
        this.remembered = remembered;
    }

    public List<MaskingProblem> problems() {
        return problems;
    }

    public MaskingPolicy resolve() {
        boolean leftOut = excluded.values().stream().anyMatch(columns -> !columns.isEmpty());
        if (settings.isNothing() && settings.canaries().isNothing() && !leftOut) {
            return MaskingPolicy.NONE;
        }
        tables.forEach(table -> byId.put(table.id(), table));
        rules = new ColumnRules(settings, tables, foreignKeys, remembered, problems);
        Set<TableId> unmatched = rules.requireMatched();
        Map<TableId, TableMasks> resolved = new HashMap<>();
        Map<Long, TableMasks> relations = new HashMap<>();
        for (Table table : tables) {
            TableMasks masks = masks(table, unmatched.contains(table.id()));
            resolved.put(table.id(), masks);
            relations.put(table.relation(), masks);
        }
        return new MaskingPolicy(false, settings.canaries(), resolved, relations);
    }

    private TableMasks masks(Table table, boolean renamed) {
        Map<String, TableMasks.ColumnMask> masked = new LinkedHashMap<>();
        Set<String> withheld = new LinkedHashSet<>(excluded.getOrDefault(table.id(), Set.of()));
        List<String> unlisted = new ArrayList<>();
        List<String> mayBeMeant = renamed ? rules.newUnlisted(table) : List.of();
        for (Column column : table.stored()) {
            if (withheld.contains(column.name())) {
                continue;
            }
            Place place = new Place(table.id(), column.name());
            Optional<MaskRule> rule = rules.of(place);
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
            rules.formerNames(table, column).forEach(former -> formerly.put(former, column.name()));
        }
        boolean bare = masked.isEmpty() && withheld.isEmpty() && settings.unlisted() == Unlisted.KEEP;
        return new TableMasks(
                table.relation(),
                numbers,
                masked,
                withheld,
                table.columns().stream()
                        .filter(Column::generated)
                        .map(Column::name)
                        .collect(Collectors.toSet()),
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
        Map<String, TableMasks.Decision> gone = new HashMap<>();
        rules.remembered(table).map(Remembered::dropped).orElse(Set.of()).forEach(name -> {
            boolean kept = settings.unlisted() == Unlisted.KEEP && !rules.isNamed(table, name);
            gone.put(name, kept ? TableMasks.Decision.KEPT : TableMasks.Decision.WITHHELD);
        });
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
        boolean identifies = table.key().contains(column.name()) && !table.key().containsAll(seeds);
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
        for (Place member : rules.tied(place)) {
            Optional.ofNullable(byId.get(member.table()))
                    .flatMap(table -> table.column(member.column()))
                    .map(Fit::of)
                    .ifPresent(fits::add);
            Optional.ofNullable(mirrored.get(member.table()))
                    .flatMap(both -> both.target().column(member.column()))
                    .map(Fit::of)
                    .ifPresent(fits::add);
        }
        return fits;
    }
}
