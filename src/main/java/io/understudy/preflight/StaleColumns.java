package io.understudy.preflight;

import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableForm;
import io.understudy.masking.MaskingPolicy;
import io.understudy.masking.Signatures;
import io.understudy.postgres.Column;
import io.understudy.postgres.MirroredTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Columns of a table whose rule changed, so that rows that are there hold values of former ones.
 *
 * @param masks by what its values are masked, as the ledger keeps it
 */
public record StaleColumns(MirroredTable table, Map<String, String> masks, MaskingPolicy policy) {

    public static StaleColumns of(TableEntry entry, MirroredTable table, MaskingPolicy policy) {
        return new StaleColumns(table, entry.masks(), policy);
    }

    /**
     * As they are from now on.
     *
     * @param form of the source's table now
     * @param doubtful whether values of columns that the ledger does not know may have come by rules that nobody remembers
     */
    public static StaleColumns noted(
            TableEntry entry, TableForm form, MirroredTable table, MaskingPolicy policy, boolean doubtful) {
        Set<String> known = entry.form().stream()
                .flatMap(before -> before.columns().stream())
                .map(TableForm.FormColumn::name)
                .collect(Collectors.toSet());
        Map<String, String> masks = Signatures.noted(
                entry.masks(),
                known,
                entry.form().map(form::renamedSince).orElse(Map.of()),
                policy,
                table.id(),
                Set.copyOf(table.source().storedNames()),
                doubtful);
        return new StaleColumns(table, masks, policy);
    }

    public List<String> names() {
        return Signatures.stale(masks);
    }

    /** Those by which rows are found: what the stream looks for by the new values is there under the former. */
    public List<String> ofKey() {
        return names().stream()
                .filter(name -> table.key().isEmpty() || table.key().contains(name))
                .filter(this::isAtTarget)
                .toList();
    }

    /** Those of which changes that wait have nothing, and that must not be empty. */
    public List<String> missing() {
        return names().stream()
                .filter(name -> Signatures.wasEmptied(masks.get(name)))
                .filter(name -> !table.withheld().contains(name))
                .filter(name -> table.target()
                        .column(name)
                        .filter(column -> column.notNull() && !column.hasDefault())
                        .isPresent())
                .toList();
    }

    /** Why the values cannot be replaced where they are; empty when they can. */
    public Optional<String> onlyByCopy() {
        if (table.key().isEmpty()) {
            return Optional.of("it has no key");
        }
        if (!ofKey().isEmpty()) {
            return Optional.of("rows are found by " + String.join(", ", ofKey()));
        }
        if (!missing().isEmpty()) {
            return Optional.of("changes came without values of " + String.join(", ", missing()));
        }
        return names().stream()
                .filter(name -> table.target()
                        .column(name)
                        .filter(Column::identityAlways)
                        .isPresent())
                .findFirst()
                .map(name -> name + " is generated always as identity, which no update may set");
    }

    /** For whoever reads the plan; empty when every value is of the rule of now. */
    public Optional<Finding> warning() {
        if (names().isEmpty()) {
            return Optional.empty();
        }
        boolean byCopy = onlyByCopy().isPresent();
        String what = names().size() == 1 ? "The rule of " + table.id() + "." : "Rules of " + table.id() + ": ";
        return Optional.of(Finding.warning(
                        what + changes(names()) + " changed: rows that are there still hold the former values.",
                        onlyByCopy()
                                        .map(why -> "The table has to be copied again, because " + why + ". ")
                                        .orElse("") + "Run: ./understudy refresh " + (byCopy ? "" : "--columns ")
                                + table.id())
                .about(table.id()));
    }

    private boolean isAtTarget(String name) {
        return table.target().column(name).filter(column -> !column.generated()).isPresent();
    }

    /** {@code email (email -> hash), phone (keep -> phone)}. */
    public String changes(List<String> columns) {
        return columns.stream().map(name -> name + " (" + change(name) + ")").collect(Collectors.joining(", "));
    }

    /** {@code email -> hash}. */
    public String change(String column) {
        return Signatures.words(masks.get(column), policy.signatures(table.id()).getOrDefault(column, Signatures.KEEP));
    }
}
