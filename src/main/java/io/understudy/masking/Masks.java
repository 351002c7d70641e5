package io.understudy.masking;

import io.understudy.masking.MaskRule.Kind;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Makes the mask of a rule for what it has to fit. Made anew for every thread. */
public final class Masks {

    private static final Set<Kind> ALWAYS = EnumSet.of(Kind.KEEP, Kind.NULL, Kind.CONSTANT, Kind.LIST);

    private final MaskRule rule;
    private final Secret secret;
    private final Fit fit;

    private Masks(MaskRule rule, Secret secret, Fit fit) {
        this.rule = rule;
        this.secret = secret;
        this.fit = fit;
    }

    /** @throws IllegalArgumentException with what is wrong, as the end of a sentence that names the rule's setting */
    public static Mask of(MaskRule rule, Secret secret, Fit fit) {
        if (!ALWAYS.contains(rule.kind()) && !suiting(fit).contains(rule.kind())) {
            throw new IllegalArgumentException("is \"" + rule + "\", which does not suit the type "
                    + fit.kind().word() + "; what does: "
                    + suiting(fit).stream().map(Kind::word).collect(Collectors.joining(", ")));
        }
        // Both are of the whole array.
        if (rule.keeps()) {
            return new PlainMask(value -> value, Double.POSITIVE_INFINITY);
        }
        if (rule.kind() == Kind.NULL) {
            return new PlainMask(value -> null, 1);
        }
        Mask mask = new Masks(rule, secret, fit.element()).mask();
        return fit.array() ? new ArrayMask(mask, fit.nullable()) : mask;
    }

    private static Set<Kind> suiting(Fit fit) {
        Set<Kind> kinds = EnumSet.copyOf(ALWAYS);
        kinds.addAll(
                switch (fit.kind()) {
                    case TEXT -> EnumSet.allOf(Kind.class);
                    case SMALLINT, INTEGER, BIGINT -> EnumSet.of(Kind.HASH, Kind.NUMBER);
                    case NUMERIC -> fit.isWholeNumeric() ? EnumSet.of(Kind.HASH, Kind.NUMBER) : EnumSet.of(Kind.NUMBER);
                    case FLOAT, MONEY -> EnumSet.of(Kind.NUMBER);
                    case DATE, TIMESTAMP, TIMESTAMPTZ -> EnumSet.of(Kind.DATE);
                    case UUID -> EnumSet.of(Kind.UUID, Kind.HASH);
                    case INET, CIDR -> EnumSet.of(Kind.IP);
                    case JSON -> EnumSet.of(Kind.JSON);
                    case BYTEA -> EnumSet.of(Kind.HASH);
                    case BOOLEAN, ENUM, OTHER -> EnumSet.noneOf(Kind.class);
                });
        return kinds;
    }

    private Mask mask() {
        return switch (rule.kind()) {
            case KEEP, NULL -> throw new IllegalStateException(rule + " is of whole values");
            case CONSTANT -> constant();
            case LIST -> list();
            case HASH -> hash();
            case TEXT -> shape(ShapeMask.Kept.NOTHING);
            case PHONE -> shape(ShapeMask.Kept.DIALLING_PREFIX);
            case EMAIL -> text(new EmailMask(keyed(), argument(0, EmailMask.NOWHERE), fit.length()));
            case NAME -> text(new NameMask(keyed(), argument(0, "")));
            case ADDRESS ->
                argument(0, "").equals("postcode")
                        ? shape(ShapeMask.Kept.NOTHING)
                        : text(new AddressMask(keyed(), argument(0, "")));
            case TRUNCATE -> truncate(Integer.parseInt(rule.arguments().get(0)));
            case FAKE -> fake();
            case NUMBER -> guarded(new NumberMask(keyed(), rule.arguments().get(0), fit));
            case DATE -> guarded(new DateMask(keyed(), rule.arguments().get(0), fit));
            case IP -> guarded(new IpMask(secret, keyed(), fit.kind() == Fit.Kind.CIDR));
            case UUID -> guarded(new UuidMask(keyed()));
            case JSON -> guarded(new JsonMask(rule, secret));
        };
    }

    private KeyedHash keyed() {
        return keyed(rule.kind());
    }

    private KeyedHash keyed(Kind kind) {
        return new KeyedHash(secret, kind.word(), fit.ignoresCase());
    }

    private String argument(int number, String fallback) {
        return rule.arguments().size() > number ? rule.arguments().get(number) : fallback;
    }

    private Mask constant() {
        String value = rule.arguments().get(0);
        requireFits(value);
        return new PlainMask(any -> value, 1);
    }

    private Mask list() {
        rule.arguments().forEach(this::requireFits);
        return new ListMask(keyed(), rule.arguments());
    }

    private Mask fake() {
        List<String> values = ValueLists.of(rule.arguments().get(0)).stream()
                .filter(value -> value.codePointCount(0, value.length()) <= fit.length())
                .toList();
        if (values.isEmpty()) {
            throw new IllegalArgumentException(
                    "is \"" + rule + "\"; no value of that list fits into " + fit.length() + " letters");
        }
        return text(new ListMask(keyed(), values));
    }

    private void requireFits(String value) {
        if (!Constants.fits(value, fit)) {
            throw new IllegalArgumentException("is \"" + rule + "\"; \"" + value + "\" is not a value of the type "
                    + fit.kind().word()
                    + (fit.kind() == Fit.Kind.TEXT ? " with at most " + fit.length() + " letters" : ""));
        }
    }

    private Mask hash() {
        return switch (fit.kind()) {
            case SMALLINT, INTEGER, BIGINT, NUMERIC -> guarded(new WholeNumberMask(secret, keyed(), fit));
            case UUID -> guarded(new UuidMask(keyed(Kind.UUID)));
            case BYTEA -> new PlainMask(new HashText(keyed())::hex, HashText.HEX_CAPACITY);
            default -> text(new HashText(keyed()).letters(fit.length()));
        };
    }

    private Mask truncate(int letters) {
        return text(new PlainMask(value -> TextMask.cut(value, letters), Math.pow(26, Math.min(letters, 9))));
    }

    private Mask shape(ShapeMask.Kept kept) {
        return text(new ShapeMask(keyed(), kept, fit.length()));
    }

    private Mask text(Mask mask) {
        return new TextMask(mask, fit);
    }

    /** A value that the mask cannot read, or whose result is too long, gets another pseudonym. */
    private Mask guarded(Mask mask) {
        if (fit.kind() == Fit.Kind.TEXT) {
            Mask otherwise = new ShapeMask(keyed(Kind.TEXT), ShapeMask.Kept.NOTHING, fit.length());
            return text(new GuardedMask(mask, otherwise, fit.length()));
        }
        String fixed = Constants.any(fit.kind());
        return new GuardedMask(mask, new PlainMask(value -> fixed, 1), Fit.UNLIMITED);
    }
}
