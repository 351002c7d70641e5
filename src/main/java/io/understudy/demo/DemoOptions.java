package io.understudy.demo;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the demo is played.
 *
 * @param duration how long the workload runs after the mirror was started; empty: until Ctrl-C
 * @param changesPerSecond of the workload
 */
public record DemoOptions(Optional<Duration> duration, int changesPerSecond) {

    /** Enough to see something move, little enough for two servers, a mirror and its reader on two cores. */
    public static final int CHANGES_PER_SECOND = 300;

    private static final Pattern DURATION = Pattern.compile("(?<number>[1-9][0-9]{0,5})(?<unit>s|m|h)");

    public DemoOptions {
        if (changesPerSecond < 1 || changesPerSecond > 100_000) {
            throw new IllegalArgumentException(
                    "a workload makes 1 to 100,000 changes a second, not " + changesPerSecond);
        }
    }

    /** @param text {@code 30s}, {@code 2m} or {@code 1h} */
    public static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("\"" + text + "\" is not a duration; write 30s, 2m or 1h");
        }
        long number = Long.parseLong(matcher.group("number"));
        return switch (matcher.group("unit")) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }
}
