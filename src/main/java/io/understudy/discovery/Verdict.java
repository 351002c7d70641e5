package io.understudy.discovery;

import java.util.Optional;

/**
 * What a column holds, as far as its name, its comment and a sample tell.
 *
 * @param kind empty when nothing speaks for personal data
 * @param reason counts and names, never a value
 */
record Verdict(Optional<Kind> kind, Confidence confidence, String reason) {

    static Verdict of(Kind kind, Confidence confidence, String reason) {
        // A browser says of its user nothing that would not be true of millions.
        return kind == Kind.USER_AGENT ? nothing(reason) : new Verdict(Optional.of(kind), confidence, reason);
    }

    static Verdict nothing(String reason) {
        return new Verdict(Optional.empty(), Confidence.NONE, reason);
    }
}
