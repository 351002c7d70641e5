package io.understudy.outbound;

import java.util.Locale;

/** How many deliveries, for a sentence: {@code 12,000 deliveries}, {@code 1 delivery}. */
public record DeliveryCount(long number) {

    @Override
    public String toString() {
        return digits() + verb(" delivery", " deliveries");
    }

    public String digits() {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** The word that goes with as many. */
    public String verb(String ofOne, String ofMany) {
        return number == 1 ? ofOne : ofMany;
    }

    /** For example {@code 12 deliveries are}. */
    public String are() {
        return this + verb(" is", " are");
    }

    public String haveFailed() {
        return digits() + verb(" has", " have") + " failed before";
    }

    public String areLeftAlone() {
        return digits() + verb(" is under way just now and was", " are under way just now and were") + " left alone";
    }
}
