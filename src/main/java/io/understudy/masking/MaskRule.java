package io.understudy.masking;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What somebody decided for a column: {@code word} or {@code word(arguments)}.
 *
 * @param arguments as {@link #text()} shows them; which ones there are depends on the kind
 */
public record MaskRule(Kind kind, List<String> arguments) {

    public static final MaskRule KEEP = new MaskRule(Kind.KEEP, List.of());
    public static final MaskRule TEXT = new MaskRule(Kind.TEXT, List.of());
    static final MaskRule NUMBER = new MaskRule(Kind.NUMBER, List.of("10%"));

    public enum Kind {
        KEEP(", "),
        NULL(", "),
        CONSTANT(""),
        HASH(", "),
        EMAIL(", "),
        NAME(", "),
        PHONE(", "),
        ADDRESS(", "),
        TEXT(", "),
        NUMBER(", "),
        DATE(", by "),
        IP(", "),
        UUID(", "),
        JSON(", "),
        TRUNCATE(", "),
        LIST("|"),
        FAKE(", ");

        private final String separator;

        Kind(String separator) {
            this.separator = separator;
        }

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @throws IllegalArgumentException with what is wrong, as the end of a sentence that names the setting */
    public static MaskRule parse(String text) {
        return RuleParser.parse(text);
    }

    /** Canonical: equal rules have equal texts. */
    public String text() {
        return arguments.isEmpty() ? kind.word() : kind.word() + "(" + String.join(kind.separator, arguments) + ")";
    }

    public boolean keeps() {
        return kind == Kind.KEEP;
    }

    public boolean empties() {
        return kind == Kind.NULL;
    }

    /** Whether it needs the secret. */
    public boolean isKeyed() {
        return kind != Kind.KEEP && kind != Kind.NULL && kind != Kind.CONSTANT && kind != Kind.TRUNCATE;
    }

    /** Whether the result depends on whose value it is, and not on the value alone. */
    public boolean seeded() {
        return kind == Kind.DATE
                || kind == Kind.JSON
                        && arguments.stream()
                                .map(path -> parse(path.substring(path.indexOf('=') + 1)))
                                .anyMatch(MaskRule::seeded);
    }

    /** The column that says whose value it is, if it is not the row's key. */
    public Optional<String> seedColumn() {
        return kind == Kind.DATE && arguments.size() > 1 ? Optional.of(arguments.get(1)) : Optional.empty();
    }

    /** For messages. */
    public static String words() {
        return Stream.of(Kind.values()).map(Kind::word).collect(Collectors.joining(", ")) + " and blank";
    }

    @Override
    public String toString() {
        return text();
    }
}
