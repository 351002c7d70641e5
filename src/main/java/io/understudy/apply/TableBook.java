package io.understudy.apply;

import io.understudy.apply.SetAside.Packet;
import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableState;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.TableId;
import io.understudy.stream.Change;
import io.understudy.stream.Shape;
import io.understudy.stream.TransactionPart.Commit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;

/**
 * The ledger as the applying thread has it in hand: decides what becomes of every change, by the state of its table.
 * Read by other threads as a list that is replaced whole.
 */
final class TableBook {

    private static final Logger LOG = Logger.getLogger(TableBook.class);

    enum Route {
        WRITE,
        SET_ASIDE,
        DROP
    }

    /**
     * Changes by what becomes of them; both in their order.
     *
     * @param ordinals of those that are written, in their source transaction
     */
    record Sorted(List<Change> written, int[] ordinals, List<Packet> aside) {}

    private final long asideLimit;
    private final Map<TableId, TableEntry> entries = new HashMap<>();
    private final Map<TableId, MirroredTable> tables = new HashMap<>();
    private final Map<TableId, Sight> sights = new HashMap<>();
    /** Shapes of tables as they were last seen; the usual case, in which nothing has to be compared. */
    private final Set<Shape> fitting = Collections.newSetFromMap(new IdentityHashMap<>());
    /** The source's oids, by which a table that was renamed is known again. */
    private final Map<Long, TableId> relations = new HashMap<>();

    private final Set<TableId> unsaved = new LinkedHashSet<>();
    private volatile List<TableEntry> published = List.of();
    /** The usual case, in which nothing has to be sorted. */
    private boolean allStream;

    TableBook(Collection<TableEntry> entries, Collection<Sight> sights, long asideLimit) {
        this.asideLimit = asideLimit;
        entries.forEach(entry -> this.entries.put(entry.table(), entry));
        sights.forEach(this::saw);
        publish();
    }

    /** Tables that exist on both sides; a live view. */
    Map<TableId, MirroredTable> tables() {
        return tables;
    }

    void saw(Sight sight) {
        TableId table = sight.table().id();
        Sight before = sights.put(table, sight);
        if (before == null || !before.table().equals(sight.table())) {
            tables.put(table, sight.table());
            fitting.removeIf(shape -> shape.table().equals(table));
        }
    }

    Optional<TableEntry> entry(TableId table) {
        return Optional.ofNullable(entries.get(table));
    }

    /** What is not in the ledger yet. */
    List<TableEntry> unsaved() {
        return unsaved.stream().map(entries::get).toList();
    }

    void saved() {
        unsaved.clear();
        publish();
    }

    /** As it is in the ledger now. */
    void set(TableEntry entry) {
        entries.put(entry.table(), entry);
        publish();
    }

    /** Not in the ledger yet; goes there with the next transaction. */
    void change(TableEntry entry) {
        entries.put(entry.table(), entry);
        allStream = false;
        unsaved.add(entry.table());
    }

    void forget(TableId table) {
        entries.remove(table);
        tables.remove(table);
        sights.remove(table);
        fitting.removeIf(shape -> shape.table().equals(table));
        unsaved.remove(table);
        publish();
    }

    private void publish() {
        relations.clear();
        entries.values().stream()
                .filter(entry -> entry.relation() != 0)
                .forEach(entry -> relations.put(entry.relation(), entry.table()));
        allStream = entries.values().stream()
                .allMatch(entry -> entry.state() instanceof TableState.Streaming && tables.containsKey(entry.table()));
        published = List.copyOf(entries.values());
    }

    /** From any thread. */
    List<TableEntry> published() {
        return published;
    }

    List<TableEntry> in(Class<? extends TableState> state) {
        return entries.values().stream()
                .filter(entry -> state.isInstance(entry.state()))
                .toList();
    }

    /** @param commit the end of the change's transaction; empty while that has not been received */
    private Route route(TableId table, Optional<Lsn> commit, Map<TableId, Long> asideNow) {
        TableEntry entry = entries.get(table);
        if (entry == null) {
            return Route.DROP;
        }
        boolean everCopied = entry.copiedAt().isPresent();
        boolean copied = everCopied
                && commit.isPresent()
                && !commit.get().isAfter(entry.copiedAt().get());
        if (entry.state() instanceof TableState.Waiting || entry.state() instanceof TableState.Copying) {
            return Route.SET_ASIDE;
        }
        if (copied || entry.state() instanceof TableState.Failed) {
            return Route.DROP;
        }
        if (entry.state() instanceof TableState.Refreshing) {
            return Route.SET_ASIDE;
        }
        if (entry.state() instanceof TableState.CatchingUp) {
            boolean nothingWaits = entry.asideChanges() == 0 && !asideNow.containsKey(table);
            return nothingWaits && commit.isPresent() ? Route.WRITE : Route.SET_ASIDE;
        }
        if (entry.state() instanceof TableState.Paused) {
            // One that was never copied will be, from a moment that is yet to come.
            return everCopied ? Route.SET_ASIDE : Route.DROP;
        }
        // Without having been looked at it cannot be written, and must not be forgotten.
        return tables.containsKey(table) ? Route.WRITE : Route.SET_ASIDE;
    }

    /**
     * @param end of their transaction; empty while that has not been received
     * @param before how many changes of it came earlier
     * @param aside what was set aside already in the open target transaction, in bytes
     * @throws BrokenTableException when the source has altered a table since it was last looked at
     */
    Sorted sort(List<Change> changes, Optional<Commit> end, int before, Map<TableId, Long> aside) {
        if (allStream && changes.stream().allMatch(this::isAsBefore)) {
            return new Sorted(
                    changes,
                    IntStream.rangeClosed(before + 1, before + changes.size()).toArray(),
                    List.of());
        }
        Optional<Lsn> commit = end.map(Commit::lsn);
        List<Change> written = new ArrayList<>(changes.size());
        int[] ordinals = new int[changes.size()];
        Packing packing = new Packing(end);
        int ordinal = before;
        for (Change change : changes) {
            ordinal++;
            ordinals[Math.min(written.size(), ordinals.length - 1)] = ordinal;
            if (change instanceof Change.Truncate truncate) {
                sort(truncate, ordinal, commit, aside, written, packing);
            } else if (change instanceof Change.Lost lost) {
                lost(known(lost.table(), lost.relation()), lost.because(), commit);
            } else if (change instanceof Change.OfRow row) {
                TableId table = known(row.shape().table(), row.shape().relation());
                switch (route(table, commit, aside)) {
                    case WRITE -> {
                        requireFitting(table, row.shape(), commit);
                        written.add(change);
                    }
                    case SET_ASIDE -> packing.add(table, row.shape(), change, ordinal);
                    case DROP -> {}
                }
            }
        }
        List<Packet> packets = packing.packets();
        packets.forEach(packet -> aside.merge(packet.table(), packet.bytes(), Long::sum));
        return new Sorted(written, Arrays.copyOf(ordinals, written.size()), packets);
    }

    /** Unless its copy holds what was lost, or nobody is waiting for it. One that is being copied begins again. */
    private void lost(TableId table, String because, Optional<Lsn> commit) {
        TableEntry entry = entries.get(table);
        boolean isInCopy = entry != null
                && entry.copiedAt().isPresent()
                && commit.isPresent()
                && !commit.get().isAfter(entry.copiedAt().get());
        boolean waitsAnyway = entry != null && entry.copiedAt().isEmpty() && entry.state() instanceof TableState.Paused;
        if (entry == null || isInCopy || waitsAnyway || entry.state() instanceof TableState.Failed) {
            return;
        }
        if (entry.copiedAt().isPresent()) {
            LOG.warnf("table=%s has to be copied again: %s", table, because);
        }
        change(entry.anew(because));
    }

    private void sort(
            Change.Truncate truncate,
            int ordinal,
            Optional<Lsn> commit,
            Map<TableId, Long> aside,
            List<Change> written,
            Packing packing) {
        List<TableId> now = new ArrayList<>();
        for (int i = 0; i < truncate.tables().size(); i++) {
            TableId name = truncate.tables().get(i);
            TableId table = known(
                    name,
                    truncate.relations().isEmpty() ? 0 : truncate.relations().get(i));
            switch (route(table, commit, aside)) {
                case WRITE -> {
                    requireSameName(table, name);
                    now.add(table);
                }
                case SET_ASIDE -> packing.add(table, null, new Change.Truncate(List.of(table)), ordinal);
                case DROP -> {}
            }
        }
        if (!now.isEmpty()) {
            written.add(new Change.Truncate(now));
        }
    }

    private boolean isAsBefore(Change change) {
        return change instanceof Change.OfRow row
                ? fitting.contains(row.shape())
                : change instanceof Change.Truncate truncate && entries.keySet().containsAll(truncate.tables());
    }

    /** By the name it has in the ledger, which may be the one from before it was renamed. */
    private TableId known(TableId table, long relation) {
        return entries.containsKey(table) ? table : relations.getOrDefault(relation, table);
    }

    private static void requireSameName(TableId table, TableId name) {
        if (!table.equals(name)) {
            throw BrokenTableException.altered(table);
        }
    }

    /** One that was dropped and made again, or given the name of another, is not the table that was copied. */
    private void requireSameTable(TableId table, long relation) {
        long copied = entries.get(table).relation();
        if (relation != 0 && copied != 0 && relation != copied) {
            throw BrokenTableException.altered(table);
        }
    }

    /** A change that is newer than the last look, and looks different: the table is looked at before it is written. */
    void requireFitting(TableId table, Shape shape, Optional<Lsn> commit) {
        if (fitting.contains(shape)) {
            return;
        }
        requireSameName(table, shape.table());
        requireSameTable(table, shape.relation());
        Sight sight = sights.get(table);
        boolean news = commit.isEmpty() || commit.get().isAfter(sight.asOf());
        if (sight.fits(shape)) {
            fitting.add(shape);
        } else if (news) {
            throw BrokenTableException.altered(table);
        } else {
            sight.passing(shape).ifPresent(column -> {
                throw BrokenTableException.unknownColumn(table, column);
            });
        }
    }

    /** Tables that wait for somebody, and for which more waits than there is room for. */
    List<TableEntry> overLimit(Map<TableId, Long> aside) {
        return aside.entrySet().stream()
                .map(more -> Optional.ofNullable(entries.get(more.getKey()))
                        .filter(entry -> isBounded(entry.state()) && entry.asideBytes() + more.getValue() > asideLimit))
                .flatMap(Optional::stream)
                .toList();
    }

    private static boolean isBounded(TableState state) {
        return state instanceof TableState.Paused || state instanceof TableState.Refreshing;
    }

    /** Consecutive changes of a table and shape go into one packet. */
    private static final class Packing {

        private record Open(Shape shape, List<Change> changes, List<Integer> ordinals) {}

        private final Optional<Commit> commit;
        private final Map<TableId, Open> open = new HashMap<>();
        private final List<Packet> packets = new ArrayList<>();

        Packing(Optional<Commit> commit) {
            this.commit = commit;
        }

        void add(TableId table, Shape shape, Change change, int ordinal) {
            Open packet = open.get(table);
            if (packet == null || packet.shape() != shape) {
                close(table, packet);
                packet = new Open(shape, new ArrayList<>(), new ArrayList<>());
                open.put(table, packet);
            }
            packet.changes().add(change);
            packet.ordinals().add(ordinal);
        }

        private void close(TableId table, Open packet) {
            if (packet != null) {
                packets.add(Packet.of(table, commit, packet.shape(), packet.changes(), packet.ordinals()));
            }
        }

        List<Packet> packets() {
            open.forEach(this::close);
            open.clear();
            return packets;
        }
    }
}
