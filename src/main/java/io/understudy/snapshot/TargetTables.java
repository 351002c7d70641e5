package io.understudy.snapshot;

import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.Sequence;
import io.understudy.postgres.SequenceLevel;
import io.understudy.postgres.Session;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import io.understudy.rules.Quarantine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** Prepares the target's tables for the copy, and their sequences for life after it. */
final class TargetTables {

    private static final Logger LOG = Logger.getLogger(TargetTables.class);

    /** Long: emptying waits for the locks of people who are looking at staging. */
    private static final Duration EMPTY_LIMIT = Duration.ofHours(1);

    private final TargetDatabase target;
    private final String mirror;
    private final List<MirroredTable> tables;

    TargetTables(TargetDatabase target, String mirror, List<MirroredTable> tables) {
        this.target = target;
        this.mirror = mirror;
        this.tables = tables;
    }

    /** All in one transaction: a target is either untouched or empty. */
    void empty(String fence) {
        List<MirroredTable> truncated = truncatable();
        target.client().transaction(session -> {
            session.query(TargetDatabase.SILENT);
            for (MirroredTable table : tables) {
                session.query(
                        Quarantine.FORGET_TABLE,
                        mirror,
                        table.id().schema(),
                        table.id().name());
            }
            for (MirroredTable table : tables) {
                if (!truncated.contains(table)) {
                    run(
                            session,
                            "delete from " + table.target().alone(),
                            table.id().toString());
                }
            }
            if (!truncated.isEmpty()) {
                run(session, "truncate " + names(truncated), truncated.size() + " tables");
            }
            // Last: it holds up commits of rows, which must not wait for the locks that this has waited for.
            session.query(fence);
            return null;
        });
    }

    private static String names(List<MirroredTable> tables) {
        return tables.stream().map(table -> table.target().alone()).collect(Collectors.joining(", "));
    }

    private static void run(Session session, String sql, String what) {
        session.run(sql, EMPTY_LIMIT, "emptying " + what + " at the target");
    }

    /**
     * Truncate refuses a table that another refers to, whatever the session's role, unless both are named together. A
     * table of the target's own that refers to a mirrored one forbids it for that one, and so on for those it refers
     * to.
     */
    private List<MirroredTable> truncatable() {
        List<MirroredTable> truncatable = new ArrayList<>(tables);
        boolean fewer;
        do {
            Set<TableId> named = truncatable.stream().map(MirroredTable::id).collect(Collectors.toSet());
            fewer = truncatable.removeIf(table -> !table.isTruncatableWith(named));
        } while (fewer);
        return truncatable;
    }

    /**
     * Sequences are not part of any snapshot: read now, they are at least as far as every copied row, so that the
     * target's {@code nextval} does not run into one.
     *
     * @param first false when the mirror streams, and rows raise sequences at the same time: they are raised only
     */
    void setSequences(SourceDatabase source, boolean first) {
        List<TableId> sequences = Sequence.ofMirror(
                source.client(), tables.stream().map(MirroredTable::id).toList());
        Collection<SequenceLevel> levels =
                SequenceLevel.read(source.client(), sequences).values();
        int set = target.client()
                .with(session -> first ? SequenceLevel.set(session, levels) : SequenceLevel.raise(session, levels));
        LOG.infof("snapshot: sequences set=%d of %d at the source", set, sequences.size());
    }
}
