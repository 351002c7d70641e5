package io.understudy.mirror;

import io.understudy.masking.Canaries;
import io.understudy.masking.ColumnRule;
import io.understudy.masking.MaskRule;
import io.understudy.masking.MaskingSettings;
import io.understudy.masking.MaskingSettings.Unlisted;
import io.understudy.masking.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.Config;

/** Reads {@code understudy.masking}. Never tells the secret or a canary. */
final class MaskingReader {

    static final String RULE_PREFIX = Setting.MASKING_RULES.key() + ".";

    private final Config config;
    private final List<String> problems;
    private final List<ColumnRule> rules = new ArrayList<>();

    MaskingReader(Config config, List<String> problems) {
        this.config = config;
        this.problems = problems;
    }

    MaskingSettings read() {
        readRules();
        Optional<Secret> secret = secret();
        boolean needed = rules.stream().anyMatch(rule -> rule.rule().isKeyed());
        if (needed && value(Setting.MASKING_SECRET).isEmpty()) {
            problems.add(Setting.MASKING_SECRET.key() + " (or " + Setting.MASKING_SECRET.environment()
                    + ") is not set, and the rules need it. " + Setting.MASKING_SECRET.meaning());
        }
        return new MaskingSettings(List.copyOf(rules), secret, unlisted(), canaries());
    }

    /** In the order of their names, so that what is said of them is the same every time. */
    private void readRules() {
        value(Setting.MASKING_RULES)
                .ifPresent(all -> Stream.of(all.split("[;\\n]"))
                        .map(String::strip)
                        .filter(text -> !text.isEmpty())
                        .forEach(this::readListed));
        new TreeSet<>(StreamSupport.stream(config.getPropertyNames().spliterator(), false)
                        .filter(name -> name.startsWith(RULE_PREFIX))
                        .toList())
                .forEach(name -> read(
                        name,
                        unquoted(name.substring(RULE_PREFIX.length())),
                        config.getConfigValue(name).getRawValue()));
    }

    private void readListed(String text) {
        int equals = text.indexOf('=');
        if (equals < 0) {
            problems.add(Setting.MASKING_RULES.key() + " has \"" + text + "\"; it takes schema.table.column=rule.");
        } else {
            String path = text.substring(0, equals).strip();
            read(RULE_PREFIX + "\"" + path + "\"", path, text.substring(equals + 1));
        }
    }

    private void read(String name, String path, String rule) {
        int dots = (int) path.chars().filter(letter -> letter == '.').count();
        if (path.isEmpty() || dots == 0) {
            problems.add(name + " names no column; it takes schema.table.column.");
            return;
        }
        String full = dots == 1 ? "public." + path : path;
        try {
            rules.add(new ColumnRule(full, MaskRule.parse(rule == null ? "" : rule.strip())));
        } catch (IllegalArgumentException e) {
            problems.add(name + " " + e.getMessage() + ".");
        }
    }

    static String unquoted(String path) {
        boolean quoted = path.length() > 1 && path.startsWith("\"") && path.endsWith("\"");
        String inner = quoted ? path.substring(1, path.length() - 1) : path;
        return inner.replaceAll("\\\\(.)", "$1");
    }

    private Optional<Secret> secret() {
        try {
            return value(Setting.MASKING_SECRET).map(Secret::new);
        } catch (IllegalArgumentException e) {
            problems.add(Setting.MASKING_SECRET.key() + " " + e.getMessage() + ".");
            return Optional.empty();
        }
    }

    private Unlisted unlisted() {
        Optional<String> word = value(Setting.MASKING_UNLISTED);
        if (word.isEmpty()) {
            return rules.isEmpty() ? Unlisted.KEEP : Unlisted.REFUSE;
        }
        for (Unlisted unlisted : Unlisted.values()) {
            if (unlisted.name().equalsIgnoreCase(word.get())) {
                return unlisted;
            }
        }
        problems.add(Setting.MASKING_UNLISTED.key() + " is \"" + word.get() + "\"; it takes keep or refuse.");
        return Unlisted.REFUSE;
    }

    private Canaries canaries() {
        List<String> texts = value(Setting.MASKING_CANARIES).stream()
                .flatMap(text -> Stream.of(text.split(",")))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .toList();
        try {
            return Canaries.of(texts);
        } catch (IllegalArgumentException e) {
            problems.add(Setting.MASKING_CANARIES.key() + " " + e.getMessage() + ".");
            return Canaries.NONE;
        }
    }

    private Optional<String> value(Setting setting) {
        return config.getOptionalValue(setting.key(), String.class)
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }
}
