package io.understudy.discovery;

import static io.understudy.discovery.Detector.of;
import static io.understudy.discovery.Detector.ofWhole;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** All detectors. They look at text only: what a type or a name says is somebody else's question. */
final class Detectors {

    /** Domains that are reserved and can belong to nobody (RFC 2606, RFC 6761). */
    private static final Set<String> RESERVED = Set.of("example", "invalid", "test", "localhost");

    /** Top-level domains under which most addresses are. */
    private static final Set<String> COMMON = Set.of(
            "com", "org", "net", "info", "biz", "edu", "gov", "app", "dev", "shop", "online", "io", "co", "me", "eu",
            "de", "at", "ch", "fr", "be", "nl", "lu", "uk", "ie", "es", "pt", "it", "pl", "cz", "sk", "hu", "ro", "bg",
            "gr", "se", "no", "dk", "fi", "ru", "ua", "tr", "us", "ca", "mx", "br", "ar", "cl", "au", "nz", "jp", "cn",
            "in", "kr", "za", "il", "ae", "sg");

    private static final Pattern CARD = Pattern.compile("4\\d{12}|4\\d{15}|4\\d{18}|5[1-5]\\d{14}"
            + "|2(22[1-9]|2[3-9]\\d|[3-6]\\d\\d|7[01]\\d|720)\\d{12}|3[47]\\d{13}|3(0[0-5]|[68]\\d)\\d{11}"
            + "|6(011|4[4-9]\\d|5\\d\\d)\\d{12,15}|35(2[89]|[3-8]\\d)\\d{12,15}|62\\d{14,17}");
    private static final Pattern SEPARATED = Pattern.compile("[+(]|\\d[ ./)-]\\(?\\d");
    private static final Pattern DIALLED = Pattern.compile("0[1-9]\\d{7,10}|00[1-9]\\d{7,12}");
    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d\\d-\\d\\d.*|\\d\\d?[./]\\d\\d?[./]\\d{2,4}");
    private static final Pattern NOT_PHONE =
            Pattern.compile("[+-]?\\d+\\.\\d+|\\d{1,3}(\\.\\d{1,3}){3}|\\d{3}-\\d\\d-\\d{4}|\\d{1,4}-\\d{1,4}");
    private static final Pattern FICTITIOUS = Pattern.compile(".*555[ .-]?01\\d\\d");

    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final String STREET_WORD =
            "(stra(ß|ss)e|str\\.?|weg|platz|allee|gasse|ring|damm|ufer|straat|laan|plein|gracht|kade)";

    private Detectors() {}

    /** Everything that may be personal, masked or not. */
    static List<Detector> all() {
        return having(domain -> true, 0.001);
    }

    /** The same, without e-mail addresses at which nobody can be reached: reserved domains, and {@code harmless} ones. */
    static List<Detector> ofUnmasked(Set<String> harmless) {
        return having(domain -> !isHarmless(domain, harmless), 0.001);
    }

    /**
     * The same for columns that are masked: a mask that keeps the shape of a text makes addresses of any letters, of
     * which few end as real ones do.
     */
    static List<Detector> ofMasked(Set<String> harmless) {
        return having(
                domain ->
                        !isHarmless(domain, harmless) && COMMON.contains(domain.substring(domain.lastIndexOf('.') + 1)),
                0.1);
    }

    private static boolean isHarmless(String domain, Set<String> harmless) {
        String[] labels = domain.split("\\.");
        boolean reserved = RESERVED.contains(labels[labels.length - 1])
                || labels.length >= 2 && labels[labels.length - 2].equals("example");
        return reserved
                || harmless.stream()
                        .map(known -> known.toLowerCase(Locale.ROOT))
                        .anyMatch(known -> domain.equals(known) || domain.endsWith("." + known));
    }

    private static List<Detector> having(Predicate<String> domain, double chance) {
        return List.of(
                of(
                        Kind.EMAIL,
                        "[\\p{L}\\p{N}._%+'-]{1,64}@[\\p{L}\\p{N}-]+(\\.[\\p{L}\\p{N}-]+)*\\.\\p{L}{2,24}",
                        text -> domain.test(
                                text.substring(text.indexOf('@') + 1).toLowerCase(Locale.ROOT)),
                        chance,
                        true),
                of(
                        Kind.IBAN,
                        "[A-Z]{2}\\d\\d[ -]?[A-Z0-9]{4}([ -]?[A-Z0-9]{1,4}){1,8}",
                        text -> Checksums.iban(bare(text)),
                        0.01,
                        true),
                of(
                        Kind.PAYMENT_CARD,
                        "[2-6]\\d{3}([ -]?\\d{2,6}){2,4}",
                        text -> CARD.matcher(bare(text)).matches() && Checksums.luhn(bare(text)),
                        0.1,
                        true),
                of(Kind.JWT, "eyJ[\\w-]{5,}\\.[\\w-]+\\.[\\w-]*", Secrets::isJwt, 0.0001, true),
                of(
                        Kind.PRIVATE_KEY,
                        "-----BEGIN ([A-Z]+ )*PRIVATE KEY( BLOCK)?-----(?s:.*)",
                        text -> true,
                        0.0001,
                        true),
                of(
                        Kind.API_KEY,
                        "(AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_\\w{30,}|github_pat_\\w{30,}|glpat-[\\w-]{20,}"
                                + "|[sr]k_(live|test)_\\w{16,}|whsec_\\w{16,}|xox[abeoprs]-[\\w-]{10,}|AIza[\\w-]{35}"
                                + "|SG\\.[\\w-]{16,}\\.[\\w-]{16,}|npm_\\w{36}|dop_v1_[0-9a-f]{64}|sk-[\\w-]{20,}",
                        text -> true,
                        0.001,
                        true),
                of(
                        Kind.PASSWORD_HASH,
                        "\\$2[abxy]\\$\\d\\d\\$[./A-Za-z0-9]{53}|\\$argon2(id|i|d)\\$v=.*|\\$(scrypt|7|y|1|5|6)\\$\\S{20,}"
                                + "|(\\{bcrypt\\}|scrypt:|pbkdf2[_:]|\\$pbkdf2)\\S{20,}|SCRAM-SHA-256\\$\\S{20,}",
                        text -> true,
                        0.0001,
                        true),
                of(
                        Kind.WEBHOOK,
                        "https?://\\S*(/services/T\\w{6,}/|/hooks?/\\w*\\d|/webhooks?/\\w*\\d|[?&](access_token|token|key|"
                                + "api_?key|sig|signature|secret|auth|password)=)\\S+|[a-z]+://[^\\s/:@]+:[^\\s/@]+@\\S+",
                        text -> true,
                        0.001,
                        true),
                ofWhole(Kind.TOKEN, "[\\w-]{24,512}=*|[\\w-]{10,40}:APA91b[\\w-]{60,}", Secrets::isRandom, 0.02, false),
                ofWhole(Kind.TOKEN, "[A-Za-z0-9+/]{32,512}={0,2}", Secrets::isRandom, 0.02, false),
                of(Kind.US_SSN, "(?!000|666|9)\\d{3}-(?!00)\\d\\d-(?!0000)\\d{4}", text -> true, 0.05, true),
                ofWhole(Kind.GERMAN_TAX_ID, "\\d{2} ?\\d{3} ?\\d{3} ?\\d{3}", bare(Checksums::germanTaxId), 0.05, true),
                of(
                        Kind.UK_NINO,
                        "(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\\d\\d ?\\d\\d ?\\d\\d ?[A-D]",
                        text -> true,
                        0.05,
                        true),
                ofWhole(
                        Kind.FRENCH_NIR,
                        "[1-478] ?\\d\\d ?\\d\\d ?(\\d\\d|2[AB]) ?\\d{3} ?\\d{3} ?\\d\\d",
                        bare(Checksums::frenchNir),
                        0.01,
                        true),
                of(Kind.SPANISH_DNI, "(\\d{8}|[XYZ]-?\\d{7})-?[A-HJ-NP-TV-Z]", bare(Checksums::spanishDni), 0.05, true),
                of(Kind.SWISS_AHV, "756\\.?\\d{4}\\.?\\d{4}\\.?\\d\\d", bare(Checksums::ean13), 0.1, true),
                ofWhole(Kind.BRAZILIAN_CPF, "\\d{3}\\.?\\d{3}\\.?\\d{3}-?\\d\\d", bare(Checksums::cpf), 0.01, true),
                ofWhole(Kind.DUTCH_BSN, "\\d{9}|\\d{4}\\.\\d\\d\\.\\d{3}", bare(Checksums::bsn), 0.1, true),
                ofWhole(Kind.POLISH_PESEL, "\\d{11}", Checksums::pesel, 0.03, true),
                ofWhole(Kind.IP, OCTET + "(\\." + OCTET + "){3}(/\\d{1,3})?", text -> true, 0.01, false),
                ofWhole(Kind.IP, "(?=.*:.*:)[0-9a-fA-F:]{3,39}(%\\w+)?(/\\d{1,3})?", Detectors::isIpv6, 0.01, false),
                ofWhole(Kind.MAC, "[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}", text -> true, 0.001, false),
                of(
                        Kind.PHONE,
                        "\\+?\\(?\\d[\\d ()./-]{5,20}\\d( ?(x|ext\\.?) ?\\d{1,5})?",
                        Detectors::isPhone,
                        0.05,
                        false),
                ofWhole(
                        Kind.PERSON_NAME,
                        "(\\p{Lu}[\\p{L}'’.-]*,? )+(\\p{L}[\\p{L}'’.-]* ){0,2}\\p{Lu}[\\p{L}'’.-]+",
                        FirstNames::begin,
                        0.1,
                        false),
                ofWhole(Kind.FIRST_NAME, "\\p{Lu}\\p{L}+(-\\p{Lu}\\p{L}+)?", FirstNames::begin, 0.1, false),
                ofWhole(
                        Kind.STREET,
                        "(?iu)[\\p{L}][\\p{L} .'-]*" + STREET_WORD + " \\d{1,5} ?[a-z]?([,\\n].*)?"
                                + "|\\d{1,5}[a-z]?,? [\\p{L}\\d .'-]+ (street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard"
                                + "|blvd|court|ct|way|place|square|terrace|close)\\.?([, \\n].*)?"
                                + "|\\d{1,5}( ?(bis|ter))?,? (rue|avenue|boulevard|place|chemin|impasse|allée|quai) .*"
                                + "|(calle|avenida|plaza|paseo|via|viale|piazza|corso|ul\\.|rua|c/) ?[\\p{L}][^\\d]*,? ?\\d{1,5}.*",
                        text -> true,
                        0.02,
                        false),
                ofWhole(
                        Kind.COORDINATES,
                        "\\(?[+-]?\\d{1,2}\\.\\d{3,}[, ]+[+-]?\\d{1,3}\\.\\d{3,}\\)?|(SRID=\\d+;)?POINT ?\\(.*\\)",
                        text -> true,
                        0.01,
                        false),
                ofWhole(
                        Kind.USER_AGENT,
                        "Mozilla/\\d.*|(Opera|okhttp|Dalvik|curl|PostmanRuntime|python-requests)/\\d.*",
                        text -> true,
                        0.001,
                        false));
    }

    private static Predicate<String> bare(Predicate<String> check) {
        return text -> check.test(bare(text));
    }

    /** Digits and letters only. */
    private static String bare(String text) {
        return text.replaceAll("[^A-Za-z0-9]", "");
    }

    private static boolean isIpv6(String text) {
        String address = text.replaceAll("[%/].*", "");
        String[] groups = address.split(":", -1);
        boolean shortened = address.contains("::");
        return groups.length <= 8
                && (shortened || groups.length == 8)
                && address.indexOf("::") == address.lastIndexOf("::")
                && Arrays.stream(groups).allMatch(group -> group.length() <= 4)
                // Of a time, 12:30:45, there are no four letters and no ::.
                && (shortened || address.length() > 15);
    }

    /** Seven to fifteen digits (E.164), written as nobody writes an amount, a date or a count. */
    private static boolean isPhone(String text) {
        long digits = text.chars().filter(Character::isDigit).count();
        boolean dialled = DIALLED.matcher(text).matches();
        return digits >= 7
                && digits <= 15
                && (dialled || SEPARATED.matcher(text).find())
                && !DATE.matcher(text).matches()
                && !NOT_PHONE.matcher(text).matches()
                && !FICTITIOUS.matcher(text).matches();
    }
}
