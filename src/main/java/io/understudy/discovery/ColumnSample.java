package io.understudy.discovery;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What the sampled values of one column look like: as a whole, and for JSON at each place where there are values. */
final class ColumnSample {

    /** Of a document more places than this are a map from something to something, and their names are data. */
    private static final int PLACES = 200;

    private static final int LETTERS = 400;
    /** As a programmer writes one, and what is in it may be a list. */
    private static final String NAME = "[A-Za-z_][A-Za-z0-9_]{0,30}(\\[\\])*";

    private final ColumnFacts column;
    private final List<Detector> detectors;
    private final Observation all;
    private final Observation names;
    private final Map<String, Observation> places = new LinkedHashMap<>();
    private final Map<String, Integer> documentsWith = new LinkedHashMap<>();
    private final Set<String> withText = new HashSet<>();
    private int documents;

    ColumnSample(ColumnFacts column, List<Detector> detectors) {
        this.column = column;
        this.detectors = detectors;
        this.all = new Observation(detectors);
        this.names = new Observation(detectors);
    }

    void see(String value) {
        documents++;
        if (column.family() == Family.JSON) {
            seeDocuments(column.array() ? ArrayText.elements(value) : List.of(value));
        } else if (column.array()) {
            ArrayText.elements(value).forEach(all::see);
        } else {
            all.see(value);
        }
    }

    private void seeDocuments(List<String> texts) {
        Set<String> seen = new HashSet<>();
        texts.forEach(text -> JsonLeaves.walk(text, new JsonLeaves.Visitor() {
            @Override
            public void leaf(String path, String text, boolean choice) {
                if (seen.add(path)) {
                    documentsWith.merge(path, 1, Integer::sum);
                }
                seeLeaf(path, text, choice);
            }

            @Override
            public void name(String name) {
                names.see(name);
            }
        }));
    }

    private void seeLeaf(String path, String text, boolean choice) {
        boolean room = places.containsKey(path) || places.size() < PLACES;
        Observation place = room ? places.computeIfAbsent(path, name -> new Observation(detectors)) : null;
        if (choice) {
            return;
        }
        String value = text.length() > LETTERS ? text.substring(0, LETTERS) : text;
        all.see(value);
        withText.add(path);
        if (place != null) {
            place.see(value);
        }
    }

    /** The names of fields in documents. */
    Observation names() {
        return names;
    }

    /** All values, of a document at all places. */
    Observation all() {
        return all;
    }

    /** Values that were not null. */
    int values() {
        return documents;
    }

    /**
     * The places of a document whose names are names, as far as can be told: those that come in several documents and
     * look like something a programmer writes. A name may be data itself, as in a map by e-mail address, and is then
     * never to be repeated.
     */
    Map<String, Observation> namedPlaces() {
        Map<String, Observation> named = new LinkedHashMap<>();
        if (places.size() >= PLACES) {
            return named;
        }
        int least = Math.max(2, documents / 20);
        List<String> paths = new ArrayList<>(places.keySet());
        paths.sort(null);
        for (String path : paths) {
            if (documentsWith.get(path) >= least && isName(path) && !isAbove(path)) {
                named.put(path, places.get(path));
            }
        }
        return named;
    }

    boolean hasText(String path) {
        return withText.contains(path);
    }

    /** A rule for a place holds for what is below it as well, where nothing else is said. */
    private boolean isAbove(String path) {
        return places.keySet().stream().anyMatch(other -> other.startsWith(path + ".") || other.startsWith(path + "["));
    }

    private boolean isName(String path) {
        return path.matches("(\\[\\])+|((\\[\\])+\\.)?NAME(\\.NAME){0,7}".replace("NAME", NAME))
                && Stream.of(path.split("[.\\[\\]]+")).noneMatch(this::isData);
    }

    private boolean isData(String name) {
        return FirstNames.begin(name)
                || name.chars().filter(Character::isDigit).count() > 4
                || detectors.stream()
                        .filter(Detector::proves)
                        .anyMatch(detector -> detector.look(name) == Detector.Outcome.IS);
    }
}
