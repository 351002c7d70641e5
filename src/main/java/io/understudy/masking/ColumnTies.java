package io.understudy.masking;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which places belong together because one refers to another, over however many others. */
final class ColumnTies<T> {

    private final Map<T, List<T>> groups = new HashMap<>();

    void tie(T a, T b) {
        List<T> ofA = group(a);
        List<T> ofB = group(b);
        if (ofA != ofB) {
            ofA.addAll(ofB);
            ofB.forEach(place -> groups.put(place, ofA));
        }
    }

    private List<T> group(T place) {
        return groups.computeIfAbsent(place, alone -> new ArrayList<>(List.of(alone)));
    }

    /** Itself included. */
    List<T> of(T place) {
        return groups.getOrDefault(place, List.of(place));
    }
}
