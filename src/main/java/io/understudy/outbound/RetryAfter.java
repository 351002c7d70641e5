package io.understudy.outbound;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The header by which a receiver says when it will be able to take more. */
final class RetryAfter {

    /** Who asks for more is asked again after this: a slip of a digit must not stop deliveries for a year. */
    static final Duration LONGEST = Duration.ofDays(1);

    /** The form of today, and the two old ones that are still to be understood (RFC 9110, 5.6.7). All are UTC. */
    private static final List<DateTimeFormatter> DATES = List.of(
            DateTimeFormatter.ofPattern("EEE, d MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH),
            DateTimeFormatter.ofPattern("EEEE, dd-MMM-uu HH:mm:ss 'GMT'", Locale.ENGLISH),
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss uuuu", Locale.ENGLISH));

    private RetryAfter() {}

    /** @param value of the header, or null; what cannot be read asks for nothing */
    static Optional<Duration> of(String value, Instant now) {
        if (value == null) {
            return Optional.empty();
        }
        String text = value.strip();
        if (text.matches("[0-9]{1,18}")) {
            return Optional.of(bounded(Long.parseLong(text)));
        }
        for (DateTimeFormatter form : DATES) {
            try {
                Instant then = LocalDateTime.parse(text, form).toInstant(ZoneOffset.UTC);
                return Optional.of(bounded(Duration.between(now, then).toSeconds()));
            } catch (DateTimeException e) {
                // Perhaps another form.
            }
        }
        return Optional.empty();
    }

    private static Duration bounded(long seconds) {
        return Duration.ofSeconds(Math.max(0, Math.min(seconds, LONGEST.toSeconds())));
    }
}
