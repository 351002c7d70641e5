package io.understudy.mirror;

import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.understudy.apply.ApplySettings;
import io.understudy.masking.Nearest;
import io.understudy.outbound.Destination;
import io.understudy.outbound.EgressGuard;
import io.understudy.outbound.KafkaSettings;
import io.understudy.outbound.OutboundSettings;
import io.understudy.postgres.DatabaseUrl;
import io.understudy.postgres.Publications;
import io.understudy.rules.Choice;
import io.understudy.snapshot.SnapshotSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;

/**
 * Reads {@code understudy.*} and reports everything that is wrong with it at once. Not a {@code @ConfigMapping}: a
 * mapping that fails ends the start of the framework with a stack trace, one problem at a time, and lets a misspelt key
 * pass.
 */
public final class SettingsReader {

    private static final String PREFIX = "understudy.";
    private static final String ENVIRONMENT_PREFIX = "UNDERSTUDY_";
    /** Read by the launcher. */
    private static final Set<String> NOT_OURS = Set.of("UNDERSTUDY_JAVA_OPTS");

    private static final int LEAST_TOKEN = 16;

    private final Config config;
    private final List<String> problems = new ArrayList<>();

    private SettingsReader(Config config) {
        this.config = config;
    }

    /** @throws InvalidSettingsException with every problem */
    public static Settings read(Config config) {
        return new SettingsReader(config).read();
    }

    private Settings read() {
        rejectUnknown();
        // Quarkus uses it, and would refuse a bad one with a stack trace. 0: any free port.
        number(Setting.HTTP_PORT, 0, 65535);
        Settings settings = new Settings(
                text(Setting.NAME, SettingsReader::name),
                text(Setting.SOURCE_URL, DatabaseUrl::parse),
                text(Setting.TARGET_URL, DatabaseUrl::parse),
                new TableSettings(
                        list(Setting.TABLES_INCLUDE),
                        list(Setting.TABLES_EXCLUDE),
                        oneOf(Setting.TABLES_WITHOUT_KEY, TableSettings.WithoutKey.values()),
                        oneOf(Setting.TABLES_SCHEMA_CHANGES, TableSettings.SchemaChanges.values()),
                        choices(),
                        new PortionReader(config, problems).read()),
                new MaskingReader(config, problems).read(),
                new SnapshotSettings(
                        number(Setting.SNAPSHOT_WORKERS, 1, 32), size(Setting.SNAPSHOT_CHUNK_SIZE, 1L << 20)),
                new Settings.StreamSettings(
                        oneOf(Setting.STREAM_CAPTURE, Settings.Capture.values()),
                        size(Setting.STREAM_BUFFER_SIZE, 1L << 20)),
                new ApplySettings(
                        number(Setting.APPLY_BATCH_CHANGES, 1, 100_000),
                        size(Setting.APPLY_BATCH_SIZE, 64L << 10),
                        size(Setting.APPLY_SET_ASIDE_SIZE, 1L << 20)),
                outbound(),
                duration(Setting.HEALTH_MAX_LAG, Duration.ofSeconds(1)),
                duration(Setting.HEALTH_MAX_DELIVERY_AGE, Duration.ofSeconds(1)),
                duration(Setting.RECONCILE_EVERY, Duration.ZERO),
                token());
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(problems);
        }
        return settings;
    }

    private OutboundSettings outbound() {
        Map<String, Destination> destinations = new DestinationReader(config, System.getenv(), problems).read();
        List<String> allowedHosts = list(Setting.OUTBOUND_ALLOWED_HOSTS);
        checkEgress(destinations, allowedHosts);
        // Whoever makes a sink reads them again: Settings are printed and compared, which secrets should not be.
        KafkaSettings.read(config, problems);
        return new OutboundSettings(
                destinations,
                allowedHosts,
                number(Setting.OUTBOUND_MAX_ATTEMPTS, 1, 1000),
                duration(Setting.OUTBOUND_FIRST_WAIT, Duration.ofSeconds(1)),
                duration(Setting.OUTBOUND_LONGEST_WAIT, Duration.ofSeconds(1)),
                duration(Setting.OUTBOUND_LEASE, Duration.ofSeconds(5)),
                size(Setting.OUTBOUND_PAYLOAD_LIMIT, 1L << 10),
                duration(Setting.OUTBOUND_KEEP_COMPLETED, Duration.ZERO),
                duration(Setting.OUTBOUND_KEEP_DISCARDED, Duration.ZERO));
    }

    private void checkEgress(Map<String, Destination> destinations, List<String> allowedHosts) {
        try {
            EgressGuard guard = new EgressGuard(allowedHosts);
            destinations.forEach((name, destination) -> guard.problem(destination)
                    .ifPresent(problem -> problems.add(DestinationReader.PREFIX + name + ".url " + problem + ".")));
        } catch (IllegalArgumentException e) {
            problems.add(Setting.OUTBOUND_ALLOWED_HOSTS.key() + " " + e.getMessage() + ".");
        }
    }

    private Optional<Settings.Token> token() {
        Optional<String> text = value(Setting.HTTP_TOKEN);
        if (text.isPresent() && text.get().length() < LEAST_TOKEN) {
            problems.add(Setting.HTTP_TOKEN.key() + " has " + text.get().length() + " letters; it takes " + LEAST_TOKEN
                    + " or more that nobody can guess, such as the output of: openssl rand -hex 16");
        }
        return text.map(Settings.Token::new);
    }

    private static String name(String text) {
        if (!text.matches("[a-z0-9_]{1,63}")) {
            throw new IllegalArgumentException(
                    "is \"" + text + "\"; a mirror's name is its slot's name: a-z, 0-9 and _, 63 letters at most");
        }
        if (text.endsWith(Publications.INSERTS_SUFFIX)) {
            throw new IllegalArgumentException("is \"" + text + "\"; a name that ends in " + Publications.INSERTS_SUFFIX
                    + " may be another mirror's publication");
        }
        return text;
    }

    private <E extends Enum<E>> E oneOf(Setting setting, E[] values) {
        return text(setting, text -> {
            for (E value : values) {
                if (value.name().equalsIgnoreCase(text)) {
                    return value;
                }
            }
            throw new IllegalArgumentException("is \"" + text + "\"; it takes "
                    + Stream.of(values).map(value -> value.name().toLowerCase()).collect(Collectors.joining(" or ")));
        });
    }

    private int number(Setting setting, int least, int most) {
        Integer value = text(setting, text -> {
            if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) < least || Integer.parseInt(text) > most) {
                throw new IllegalArgumentException(
                        "is \"" + text + "\"; it takes a whole number from " + least + " to " + most);
            }
            return Integer.parseInt(text);
        });
        return value == null ? least : value;
    }

    private long size(Setting setting, long least) {
        Long value = text(setting, text -> {
            if (!text.matches("[0-9]{1,9}[KMGkmg]?") || bytes(text) < least) {
                throw new IllegalArgumentException(
                        "is \"" + text + "\"; it takes a size such as 256M, of " + (least >> 10) + "K or more");
            }
            return bytes(text);
        });
        return value == null ? least : value;
    }

    private static long bytes(String text) {
        return new MemorySizeConverter().convert(text).asLongValue();
    }

    private Duration duration(Setting setting, Duration least) {
        return text(setting, text -> {
            Duration value;
            try {
                value = DurationConverter.parseDuration(text);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("is \"" + text + "\"; it takes a duration such as 30s or 5m", e);
            }
            if (value == null || value.compareTo(least) < 0) {
                throw new IllegalArgumentException("is \"" + text + "\"; it takes " + least.toSeconds() + "s or more");
            }
            return value;
        });
    }

    private List<Choice> choices() {
        List<Choice> choices = new ArrayList<>();
        for (String text : list(Setting.CONSTRAINTS)) {
            try {
                choices.add(Choice.parse(text));
            } catch (IllegalArgumentException e) {
                problems.add(Setting.CONSTRAINTS.key() + " " + e.getMessage() + ".");
            }
        }
        return choices;
    }

    private List<String> list(Setting setting) {
        return value(setting).stream()
                .flatMap(text -> Stream.of(text.split(",")))
                .map(String::strip)
                .filter(pattern -> !pattern.isEmpty())
                .toList();
    }

    private <T> T text(Setting setting, Function<String, T> parser) {
        Optional<String> value = value(setting);
        if (value.isEmpty()) {
            problems.add(setting.key() + " (or " + setting.environment() + ") is not set. " + setting.meaning());
            return null;
        }
        try {
            return parser.apply(value.get());
        } catch (IllegalArgumentException e) {
            problems.add(setting.key() + " " + e.getMessage() + ".");
            return null;
        }
    }

    private Optional<String> value(Setting setting) {
        return config.getOptionalValue(setting.key(), String.class)
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .or(() -> Optional.of(setting.fallback()).filter(text -> !text.isEmpty()));
    }

    private void rejectUnknown() {
        Map<String, String> known = Setting.ALL.stream().collect(Collectors.toMap(Setting::environment, Setting::key));
        Set<String> unknown = new TreeSet<>();
        for (String name : System.getenv().keySet()) {
            if (name.startsWith(ENVIRONMENT_PREFIX)
                    && !known.containsKey(name)
                    && !NOT_OURS.contains(name)
                    && !name.startsWith(KafkaSettings.ENVIRONMENT_PREFIX)
                    && !DestinationReader.isOneOfAny(name)) {
                unknown.add(name);
            }
        }
        for (String name : config.getPropertyNames()) {
            String environment = Setting.environment(name);
            boolean fromEnvironment = System.getenv().containsKey(environment);
            boolean rule = name.startsWith(MaskingReader.RULE_PREFIX)
                    || name.startsWith(PortionReader.FILTER_PREFIX)
                    || name.startsWith(DestinationReader.PREFIX)
                    || name.startsWith(KafkaSettings.PREFIX);
            if (name.startsWith(PREFIX) && !rule && !fromEnvironment && !known.containsValue(name)) {
                unknown.add(name);
            }
        }
        for (String name : unknown) {
            problems.add(name + " is not a setting. " + nearest(name, known));
        }
    }

    private static String nearest(String name, Map<String, String> known) {
        boolean environment = name.startsWith(ENVIRONMENT_PREFIX);
        Collection<String> names = environment ? known.keySet() : known.values();
        return "The nearest is " + Nearest.to(name, names) + ".";
    }
}
