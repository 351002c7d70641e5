package io.understudy.discovery;

import io.understudy.postgres.Sql;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What the name of a column says, in several languages. Names are compared by whole words: {@code description} has no
 * ip, and {@code phone_type} is no phone.
 */
final class ColumnName {

    private record Term(Kind kind, String words, boolean whole, boolean ofPeople) {}

    /** What is not the thing itself but something about it. */
    private static final Set<String> ABOUT = Set.of(
            "type",
            "kind",
            "status",
            "state",
            "count",
            "at",
            "on",
            "id",
            "verified",
            "confirmed",
            "enabled",
            "valid",
            "format",
            "label",
            "template",
            "version",
            "expires",
            "expiry",
            "length",
            "opt",
            "optin",
            "allowed",
            "sent",
            "flag",
            "level",
            "policy",
            "preference",
            "preferences",
            "category",
            "code",
            "size",
            "provider",
            "attempts",
            "required",
            "changed",
            "domain",
            "currency",
            "typ",
            "art",
            "anzahl");
    /** What a question is asked with. */
    private static final Set<String> ASKING =
            Set.of("is", "has", "num", "count", "no", "needs", "allow", "accepts", "hat", "ist");

    private static final Set<String> PEOPLE = Set.of(
            "person",
            "people",
            "persona",
            "personne",
            "customer",
            "client",
            "cliente",
            "user",
            "member",
            "employee",
            "staff",
            "patient",
            "contact",
            "lead",
            "student",
            "teacher",
            "pupil",
            "kunde",
            "kunden",
            "mitarbeiter",
            "benutzer",
            "nutzer",
            "mitglied",
            "mitglieder",
            "utilisateur",
            "usuario",
            "empleado",
            "driver",
            "passenger",
            "guest",
            "subscriber",
            "tenant",
            "applicant",
            "candidate",
            "author",
            "owner",
            "doctor",
            "nurse",
            "buyer",
            "seller",
            "attendee",
            "recipient",
            "beneficiary",
            "insured",
            "resident",
            "citizen",
            "profile",
            "klant");

    private static final List<Term> TERMS = terms();

    private ColumnName() {}

    private static List<Term> terms() {
        List<Term> terms = new ArrayList<>();
        for (String line : Sql.file(ColumnName.class, "column-words.txt").split("\n")) {
            if (line.startsWith("#") || line.isBlank()) {
                continue;
            }
            String[] parts = line.strip().split(" +");
            for (int i = 1; i < parts.length; i++) {
                String marks = parts[i].replaceAll("[^+=]", "");
                terms.add(new Term(
                        Kind.valueOf(parts[0]),
                        String.join("_", words(parts[i].substring(marks.length()))),
                        marks.contains("="),
                        marks.contains("+")));
            }
        }
        terms.sort(Comparator.comparingInt((Term term) -> term.words().length()).reversed());
        return List.copyOf(terms);
    }

    /** What {@code column} is by its name; empty when the name says nothing. */
    static Optional<Kind> hint(boolean ofPeople, String column) {
        List<String> words = words(column);
        if (words.isEmpty() || ASKING.contains(words.get(0))) {
            return Optional.empty();
        }
        String all = joined(words);
        for (Term term : TERMS) {
            if (term.ofPeople() && !ofPeople) {
                continue;
            }
            int at = find(all, term);
            if (at >= 0 && !isOnlyAbout(all, at, term)) {
                return Optional.of(term.kind());
            }
        }
        return Optional.empty();
    }

    /** Whether rows of it are people, or belong to one each. */
    static boolean isAboutPeople(String table) {
        return words(table).stream().anyMatch(word -> PEOPLE.contains(word) || PEOPLE.contains(singular(word)));
    }

    /** What a comment speaks of, by the same words. */
    static Optional<Kind> mentioned(String comment) {
        String all = joined(words(comment));
        return TERMS.stream()
                // One short word of a sentence proves nothing: "via", "about", "line".
                .filter(term -> !term.whole() && term.words().length() >= 5 && term.kind() != Kind.FREE_TEXT)
                .filter(term -> find(all, term) >= 0)
                .map(Term::kind)
                .findFirst();
    }

    private static int find(String all, Term term) {
        if (term.whole()) {
            return all.equals("_" + term.words() + "_") ? 0 : -1;
        }
        int at = all.indexOf("_" + term.words() + "_");
        return at >= 0 ? at : all.indexOf("_" + term.words() + "s_");
    }

    private static boolean isOnlyAbout(String all, int at, Term term) {
        String[] after = all.substring(at + 1 + term.words().length()).split("_");
        for (String word : after) {
            if (ABOUT.contains(word)) {
                return true;
            }
        }
        return false;
    }

    private static String joined(List<String> words) {
        return "_" + String.join("_", words) + "_";
    }

    private static String singular(String word) {
        return word.endsWith("s") ? word.substring(0, word.length() - 1) : word;
    }

    /** Of {@code snake_case}, {@code camelCase} and anything between: {@code IPAddress2} is ip, address and 2. */
    static List<String> words(String name) {
        String apart = name.replaceAll("(\\p{Ll}|\\d)(\\p{Lu})", "$1_$2")
                .replaceAll("(\\p{L})(\\d)", "$1_$2")
                .replaceAll("(\\p{Lu})(\\p{Lu}\\p{Ll})", "$1_$2");
        List<String> words = new ArrayList<>();
        for (String word : plain(apart).split("[^a-z0-9]+")) {
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        return words;
    }

    /** Small letters without accents. */
    static String plain(String text) {
        String small = text.toLowerCase(Locale.ROOT)
                .replace("ß", "ss")
                .replace("ł", "l")
                .replace("ø", "o");
        return Normalizer.normalize(small, Normalizer.Form.NFD).replaceAll("\\p{M}", "");
    }
}
