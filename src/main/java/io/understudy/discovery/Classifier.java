package io.understudy.discovery;

import io.understudy.discovery.Observation.Evidence;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Weighs what the values of a column show against what its name says. */
final class Classifier {

    /** Fewer values than this do not refute a name. */
    private static final int REFUTING = 10;

    private static final Set<Kind.Group> IN_NUMBERS = Set.of(
            Kind.Group.PHONE,
            Kind.Group.CARD,
            Kind.Group.NATIONAL_ID,
            Kind.Group.INCOME,
            Kind.Group.PLACE,
            Kind.Group.BIRTH,
            Kind.Group.CREDENTIAL);

    private Classifier() {}

    /** Of any column but JSON. {@code sample} is empty when nothing was looked at. */
    static Verdict classify(ColumnFacts column, Optional<Observation> sample) {
        Optional<Kind> hint = ColumnName.hint(column.isAboutPeople(), column.name());
        return switch (column.family()) {
            case CHOICE -> Verdict.nothing("true or false, or one of the labels of an enumeration");
            case TEXT -> text(column, hint, sample);
            case INTEGER, NUMBER -> number(column, hint, sample);
            case DATE, TIMESTAMP -> date(column, hint, sample);
            case ADDRESS -> Verdict.of(Kind.IP, Confidence.HIGH, "the type is " + column.type());
            case MAC -> Verdict.of(Kind.MAC, Confidence.HIGH, "the type is " + column.type());
            case PLACE -> Verdict.of(Kind.COORDINATES, Confidence.MEDIUM, "the type is " + column.type());
            case UUID -> named(column, hint, Set.of(Kind.Group.CREDENTIAL), "an identifier that says nothing");
            case BINARY ->
                named(
                        column,
                        hint,
                        EnumSet.complementOf(EnumSet.of(Kind.Group.TEXT, Kind.Group.HARMLESS)),
                        "binary, and nobody looked inside: check it yourself");
            case DOCUMENT -> document(column, sample);
            case JSON, OTHER -> Verdict.nothing("type " + column.type() + " without a hint");
        };
    }

    private static Verdict text(ColumnFacts column, Optional<Kind> hint, Optional<Observation> sample) {
        if (sample.isEmpty() || sample.get().values() == 0) {
            return unseen(column, hint, sample.isPresent());
        }
        Observation seen = sample.get();
        Optional<Evidence> most = seen.most();
        if (hint.isPresent() && hint.get() != Kind.FREE_TEXT) {
            Optional<Evidence> agreeing = seen.of(hint.get().group());
            boolean contradicted = most.isPresent()
                    && most.get().kind().group() != hint.get().group()
                    && most.get().chance() < 0.05
                    && most.get().share() > agreeing.map(Evidence::share).orElse(0.0);
            if (!contradicted) {
                return hinted(hint.get(), agreeing, seen);
            }
        }
        if (most.isPresent()) {
            Evidence evidence = most.get();
            boolean sure = evidence.share() >= 0.8 && evidence.chance() < 0.05;
            Kind kind = evidence.kind();
            return Verdict.of(kind, sure ? Confidence.HIGH : Confidence.MEDIUM, counted(evidence));
        }
        List<Evidence> proven = seen.proven();
        if (!proven.isEmpty()) {
            return Verdict.of(
                    Kind.FREE_TEXT,
                    Confidence.MEDIUM,
                    proven.get(0).found() + " of " + values(seen.values()) + " contain "
                            + proven.get(0).kind().plural());
        }
        return plain(column, hint, seen);
    }

    private static Verdict hinted(Kind hint, Optional<Evidence> agreeing, Observation seen) {
        if (agreeing.isPresent() && agreeing.get().share() >= 0.3) {
            Kind found = agreeing.get().kind();
            // "Name" may say first or last; "password" does not say whether it is hashed.
            boolean nameKnowsMore =
                    hint.group() == Kind.Group.NAME && hint != Kind.PERSON_NAME || hint.group() == Kind.Group.ADDRESS;
            return Verdict.of(
                    nameKnowsMore ? hint : found,
                    agreeing.get().share() >= 0.5 ? Confidence.HIGH : Confidence.MEDIUM,
                    counted(agreeing.get()) + "; the name says so");
        }
        if (hint.isShaped() && seen.values() >= REFUTING) {
            return Verdict.of(
                    Kind.FREE_TEXT,
                    Confidence.LOW,
                    "the name says " + hint.plural() + ", but only "
                            + agreeing.map(Evidence::is).orElse(0) + " of " + values(seen.values()) + " look like it");
        }
        return Verdict.of(
                hint,
                Confidence.MEDIUM,
                "the name says " + hint.plural() + "; values of it cannot be told by their look");
    }

    private static Verdict unseen(ColumnFacts column, Optional<Kind> hint, boolean sampled) {
        String why = sampled ? "there was no value in the sample" : "the table could not be looked at";
        Optional<Kind> kind = hint.or(() -> column.comment().flatMap(ColumnName::mentioned));
        return kind.map(known -> Verdict.of(
                        known,
                        Confidence.MEDIUM,
                        "the " + (hint.isPresent() ? "name" : "comment") + " says " + known.plural() + "; " + why))
                .orElseGet(() -> Verdict.of(
                        Kind.FREE_TEXT, Confidence.LOW, why + ", so nobody knows: keep it if it is harmless"));
    }

    private static Verdict plain(ColumnFacts column, Optional<Kind> hint, Observation seen) {
        Optional<Kind> mentioned = column.comment().flatMap(ColumnName::mentioned);
        if (mentioned.isPresent()) {
            return Verdict.of(
                    mentioned.get(),
                    Confidence.LOW,
                    "its comment speaks of " + mentioned.get().plural());
        }
        if (seen.isCode()) {
            return Verdict.nothing(
                    seen.different() == 1
                            ? "the same in " + values(seen.values())
                            : "only " + seen.different() + " different ones among " + values(seen.values())
                                    + ": a code");
        }
        if (seen.isProse()) {
            return Verdict.of(Kind.FREE_TEXT, Confidence.LOW, "free text, in which anything may stand");
        }
        if (seen.isLong()) {
            return Verdict.of(Kind.FREE_TEXT, Confidence.LOW, "long values that look like nothing known");
        }
        if (hint.isPresent()) {
            return Verdict.of(Kind.FREE_TEXT, Confidence.LOW, "the name says free text, in which anything may stand");
        }
        return Verdict.nothing("short text without a hint in its name or in " + values(seen.values()));
    }

    private static Verdict number(ColumnFacts column, Optional<Kind> hint, Optional<Observation> sample) {
        Optional<Evidence> most = sample.flatMap(Observation::most);
        if (column.family() == Family.INTEGER
                && most.isPresent()
                && IN_NUMBERS.contains(most.get().kind().group())) {
            boolean sure = most.get().share() >= 0.8 && most.get().chance() < 0.05;
            return Verdict.of(most.get().kind(), sure ? Confidence.HIGH : Confidence.MEDIUM, counted(most.get()));
        }
        Optional<Kind> fitting = hint.filter(kind -> IN_NUMBERS.contains(kind.group()) || kind == Kind.POSTCODE);
        if (fitting.isPresent()) {
            return Verdict.of(
                    fitting.get(),
                    Confidence.MEDIUM,
                    "the name says " + fitting.get().plural());
        }
        return Verdict.nothing(column.inKey() ? "a number in a key, without a hint" : "a number without a hint");
    }

    private static Verdict date(ColumnFacts column, Optional<Kind> hint, Optional<Observation> sample) {
        boolean births = column.family() == Family.DATE
                && sample.filter(Observation::looksLikeBirths).isPresent();
        if (hint.filter(Kind.BIRTH_DATE::equals).isPresent()) {
            return Verdict.of(
                    Kind.BIRTH_DATE,
                    births ? Confidence.HIGH : Confidence.MEDIUM,
                    "the name says dates of birth" + (births ? "; the years do not contradict" : ""));
        }
        if (births && column.isAboutPeople()) {
            return Verdict.of(
                    Kind.BIRTH_DATE,
                    Confidence.LOW,
                    "dates of many years, as dates of birth are, in a table of people");
        }
        return Verdict.nothing("a date without a hint");
    }

    private static Verdict document(ColumnFacts column, Optional<Observation> sample) {
        List<Evidence> proven = sample.map(Observation::proven).orElse(List.of());
        return Verdict.of(
                Kind.FREE_TEXT,
                proven.isEmpty() ? Confidence.LOW : Confidence.MEDIUM,
                "type " + column.type() + ", in which anything may stand"
                        + (proven.isEmpty()
                                ? ""
                                : "; " + proven.get(0).found() + " of "
                                        + values(sample.orElseThrow().values()) + " contain "
                                        + proven.get(0).kind().plural()));
    }

    private static Verdict named(ColumnFacts column, Optional<Kind> hint, Set<Kind.Group> fitting, String otherwise) {
        return hint.filter(kind -> fitting.contains(kind.group()))
                .map(kind -> Verdict.of(kind, Confidence.MEDIUM, "the name says " + kind.plural()))
                .orElseGet(() -> Verdict.nothing(otherwise));
    }

    static String counted(Evidence evidence) {
        return evidence.is() + " of " + values(evidence.of()) + " look like "
                + evidence.kind().plural();
    }

    private static String values(int count) {
        return count + " sampled values";
    }
}
