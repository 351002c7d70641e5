package io.understudy.orphans;

import io.understudy.discovery.Progress;
import io.understudy.ledger.TableEntry;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import io.understudy.preflight.Preflight;
import io.understudy.preflight.StaleColumns;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How many rows have no parent, for every foreign key and at both sides (field notes C1, C4). */
public record OrphanReport(List<Line> lines) {

    /**
     * @param samples of the target; empty when there are none, or when {@code hidden} says why
     * @param hidden columns of which the target may still hold production's own values, so that no key is shown
     */
    public record Line(
            OrphanKey key,
            OrphanCount atSource,
            OrphanCount atTarget,
            List<OrphanSample> samples,
            List<String> hidden) {

        public boolean isFound() {
            return atSource.isFound() || atTarget.isFound();
        }

        public boolean isUnknown() {
            return atSource.isUnknown() || atTarget.isUnknown();
        }
    }

    /**
     * Counts, reading only.
     *
     * @param unmasked as {@link #unmasked} says it
     * @param limit of one count
     */
    public static OrphanReport read(
            List<OrphanKey> keys,
            SourceDatabase source,
            TargetDatabase target,
            Map<TableId, Set<String>> unmasked,
            Duration limit,
            Progress progress) {
        OrphanCounter atSource = new OrphanCounter(source.client(), limit);
        OrphanCounter atTarget = new OrphanCounter(target.client(), limit);
        List<Line> lines = new ArrayList<>();
        for (OrphanKey key : keys) {
            progress.at(key.table(), lines.size(), keys.size());
            OrphanCount there = atSource.count(key.source());
            OrphanCount here = atTarget.count(key.target());
            List<String> hidden = hidden(key, unmasked.getOrDefault(key.table(), Set.of()));
            lines.add(new Line(
                    key, there, here, here.isFound() && hidden.isEmpty() ? atTarget.samples(key) : List.of(), hidden));
        }
        return new OrphanReport(lines);
    }

    private static List<String> hidden(OrphanKey key, Set<String> unmasked) {
        Set<String> shown = new HashSet<>(key.rowKey());
        shown.addAll(key.constraint().columns());
        return shown.stream().filter(unmasked::contains).sorted().toList();
    }

    /**
     * Columns for which there is a mask and of which the target may hold values that did not pass it: it was never
     * copied to by this mirror, or the rule has changed since.
     *
     * @param ledger what the mirror has noted
     */
    public static Map<TableId, Set<String>> unmasked(Preflight seen, List<TableEntry> ledger) {
        Map<TableId, StaleColumns> stale = seen.stale(ledger);
        Map<TableId, Set<String>> columns = new HashMap<>();
        for (MirroredTable table : seen.tables()) {
            boolean copied = ledger.stream()
                    .anyMatch(entry ->
                            entry.table().equals(table.id()) && entry.copiedAt().isPresent());
            Set<String> unmasked = new HashSet<>();
            if (!copied) {
                unmasked.addAll(table.masked());
                unmasked.addAll(table.withheld());
            } else if (stale.containsKey(table.id())) {
                unmasked.addAll(stale.get(table.id()).names());
            }
            columns.put(table.id(), unmasked);
        }
        return columns;
    }

    public boolean isFound() {
        return lines.stream().anyMatch(Line::isFound);
    }

    /** Whether something could not be counted: then nobody knows that there is nothing. */
    public boolean isUnknown() {
        return lines.stream().anyMatch(Line::isUnknown);
    }
}
