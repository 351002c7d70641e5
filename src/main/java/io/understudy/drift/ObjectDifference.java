package io.understudy.drift;

import java.util.List;
import java.util.Optional;

/**
 * One object that is on one side only, or that both have differently.
 *
 * @param facets which of its facets differ; of an enumeration the labels that one side lacks, or {@link #ORDER}
 * @param only the side that has it, or has those labels
 * @param within its table is missing as a whole, so that it goes without saying
 */
record ObjectDifference(
        Optional<SchemaObject> source,
        Optional<SchemaObject> target,
        List<String> facets,
        Optional<SideName> only,
        boolean within) {

    /** Both have the labels of an enumeration, in another order. */
    static final String ORDER = "order";

    /** Both have a constraint or an index that says the same, under another name. */
    static final String NAME = "name";

    Optional<SchemaObject> at(SideName side) {
        return side == SideName.SOURCE ? source : target;
    }

    /** As the source has it, where it does. */
    SchemaObject object() {
        return source.or(() -> target).orElseThrow();
    }

    boolean isWhole() {
        return source.isEmpty() || target.isEmpty();
    }

    boolean differsIn(String facet) {
        return facets.contains(facet);
    }

    boolean isMissingAt(SideName side) {
        return only.isPresent() && only.get() != side;
    }

    ObjectDifference inside() {
        return new ObjectDifference(source, target, facets, only, true);
    }
}
