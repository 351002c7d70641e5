package io.understudy.discovery;

/** How sure it is that a column holds personal data. */
public enum Confidence {
    /** The values show it. */
    HIGH,
    /** The name says so, or many of the values show it. */
    MEDIUM,
    /** Better safe than sorry. */
    LOW,
    /** Nothing speaks for it. */
    NONE;

    public String word() {
        return name().toLowerCase();
    }
}
