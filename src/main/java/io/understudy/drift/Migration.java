package io.understudy.drift;

import io.understudy.drift.Act.Ref;
import io.understudy.drift.SqlScanner.Scan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One migration, wherever it is known: recorded at a side, in the folder, or both.
 *
 * @param place its history; empty for a file that no history of either side could name
 * @param makes what is there when it and all that came after it ran; only what its SQL tells
 */
record Migration(
        Optional<History.Place> place,
        String key,
        String label,
        Set<SideName> recorded,
        boolean filed,
        Optional<Scan> scan,
        List<Ref> makes) {

    Migration(
            Optional<History.Place> place,
            String key,
            String label,
            Set<SideName> recorded,
            boolean filed,
            Optional<Scan> scan) {
        this(place, key, label, recorded, filed, scan, new ArrayList<>());
    }

    boolean isRecordedAt(SideName side) {
        return recorded.contains(side);
    }

    boolean makes(SchemaObject.Key key) {
        return makes.stream().anyMatch(ref -> ref.means(key));
    }

    boolean mentions(Set<String> names) {
        return scan.filter(known -> known.words().containsAll(names)).isPresent();
    }

    /** What it surely makes: names that Postgres gives may be others. */
    List<Ref> named() {
        return makes.stream().filter(ref -> !ref.implied()).toList();
    }

    String title() {
        return place.map(history -> history.tool().name() + " " + label).orElse("file " + label);
    }
}
