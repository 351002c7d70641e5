package io.understudy.mirror;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.EnvConfigSource;
import io.understudy.masking.Nearest;
import io.understudy.outbound.CaFile;
import io.understudy.outbound.Destination;
import io.understudy.outbound.SigningSecret;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Reads {@code understudy.outbound.destinations.NAME.*}, from files, and from the environment as {@code
 * UNDERSTUDY_OUTBOUND_DESTINATIONS_NAME_URL}. One whose name has a letter that the environment cannot have takes its
 * name from a file and the rest from wherever it is.
 */
final class DestinationReader {

    static final String PREFIX = Setting.OUTBOUND_DESTINATIONS.key() + ".";

    private static final String ENVIRONMENT_PREFIX = Setting.OUTBOUND_DESTINATIONS.environment() + "_";
    private static final List<String> FIELDS = List.of("url", "secret", "timeout", "concurrency", "ca-file");
    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final int CONCURRENCY = 32;
    private static final int MOST_CONCURRENCY = 1000;

    private final Config config;
    private final Map<String, String> variables;
    private final List<String> problems;

    /** @param variables of the environment */
    DestinationReader(Config config, Map<String, String> variables, List<String> problems) {
        this.config = config;
        this.variables = variables;
        this.problems = problems;
    }

    /** Whether a variable is of some destination, so that it is read here and told here when it is wrong. */
    static boolean isOneOfAny(String environment) {
        return environment.startsWith(ENVIRONMENT_PREFIX);
    }

    Map<String, Destination> read() {
        Map<String, Destination> destinations = new TreeMap<>();
        for (String name : names()) {
            read(name).ifPresent(destination -> destinations.put(name, destination));
        }
        return destinations;
    }

    private Set<String> names() {
        Set<String> names = new TreeSet<>();
        for (String property : fromFiles()) {
            String path = property.substring(PREFIX.length());
            int dot = path.lastIndexOf('.');
            String name = MaskingReader.unquoted(path.substring(0, Math.max(dot, 0)));
            if (isField(property, path.substring(dot + 1)) && isName(property, name)) {
                names.add(name);
            }
        }
        for (String variable : new TreeSet<>(variables.keySet())) {
            if (isOneOfAny(variable)) {
                String path = variable.substring(ENVIRONMENT_PREFIX.length());
                String field = fieldOf(path);
                String name = path.substring(0, Math.max(path.length() - field.length() - 1, 0))
                        .toLowerCase(Locale.ROOT);
                boolean known = names.stream()
                        .anyMatch(file -> Setting.environment(file).equals(Setting.environment(name)));
                if (isField(variable, field.toLowerCase(Locale.ROOT).replace('_', '-'))
                        && !known
                        && isName(variable, name)) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    /** The keys that somebody wrote as such. Those that are made of variables spell the names in another way. */
    private Set<String> fromFiles() {
        Set<String> written = new TreeSet<>();
        for (String property : config.getPropertyNames()) {
            if (property.startsWith(PREFIX)
                    && (!variables.containsKey(Setting.environment(property)) || isWritten(property))) {
                written.add(property);
            }
        }
        return written;
    }

    private boolean isWritten(String property) {
        for (ConfigSource source : config.getConfigSources()) {
            if (!(source instanceof EnvConfigSource)
                    && source.getPropertyNames().contains(property)) {
                return true;
            }
        }
        return false;
    }

    /** The end of {@code NAME_FIELD}: a field may have a line in it, as a name may. */
    private static String fieldOf(String path) {
        return FIELDS.stream()
                .map(field -> Setting.environment(field))
                .filter(field -> path.equals(field) || path.endsWith("_" + field))
                .findFirst()
                .orElse(path.substring(path.lastIndexOf('_') + 1));
    }

    private boolean isField(String property, String field) {
        if (!FIELDS.contains(field)) {
            problems.add(property + " is not a setting. The nearest is " + PREFIX + "NAME." + Nearest.to(field, FIELDS)
                    + ".");
        }
        return FIELDS.contains(field);
    }

    private boolean isName(String property, String name) {
        boolean good = name.matches("[a-z0-9][a-z0-9_-]{0,62}");
        if (!good) {
            problems.add(property + " names the destination \"" + name + "\"; a name is made of a-z, 0-9, _ and -, 63"
                    + " letters at most.");
        }
        return good;
    }

    private Optional<Destination> read(String name) {
        int before = problems.size();
        Optional<SigningSecret> secret = secret(name);
        Duration timeout = timeout(name);
        int concurrency = concurrency(name);
        Optional<CaFile> caFile = caFile(name);
        Optional<String> url = value(name, "url");
        if (url.isEmpty()) {
            problems.add(PREFIX + name + ".url is not set. It takes https://host/path or kafka://host:port/topic.");
        }
        if (problems.size() > before) {
            return Optional.empty();
        }
        try {
            return Optional.of(Destination.parse(name, url.get(), secret, timeout, concurrency, caFile));
        } catch (IllegalArgumentException e) {
            problems.add(PREFIX + name + ".url " + e.getMessage() + ".");
            return Optional.empty();
        }
    }

    private Optional<SigningSecret> secret(String name) {
        try {
            return value(name, "secret").map(SigningSecret::new);
        } catch (IllegalArgumentException e) {
            problems.add(PREFIX + name + ".secret " + e.getMessage() + ".");
            return Optional.empty();
        }
    }

    private Optional<CaFile> caFile(String name) {
        try {
            return value(name, "ca-file").map(CaFile::new);
        } catch (IllegalArgumentException e) {
            problems.add(PREFIX + name + ".ca-file " + e.getMessage() + ".");
            return Optional.empty();
        }
    }

    private Duration timeout(String name) {
        Optional<String> text = value(name, "timeout");
        try {
            Duration value = text.map(DurationConverter::parseDuration).orElse(TIMEOUT);
            if (value.compareTo(Duration.ofSeconds(1)) >= 0 && value.compareTo(Duration.ofMinutes(5)) <= 0) {
                return value;
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            // Told below.
        }
        problems.add(PREFIX + name + ".timeout is \"" + text.orElse("") + "\"; it takes 1s to 5m.");
        return TIMEOUT;
    }

    private int concurrency(String name) {
        String text = value(name, "concurrency").orElse(Integer.toString(CONCURRENCY));
        if (text.matches("[0-9]{1,4}") && Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= MOST_CONCURRENCY) {
            return Integer.parseInt(text);
        }
        problems.add(PREFIX + name + ".concurrency is \"" + text + "\"; it takes a whole number from 1 to "
                + MOST_CONCURRENCY + ".");
        return CONCURRENCY;
    }

    private Optional<String> value(String name, String field) {
        String key = PREFIX + name + "." + field;
        // By hand: a name that only the environment has is unknown to the mapping of its variables.
        return Optional.ofNullable(variables.get(Setting.environment(key)))
                .or(() -> config.getOptionalValue(key, String.class))
                .or(() -> config.getOptionalValue(PREFIX + "\"" + name + "\"." + field, String.class))
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }
}
