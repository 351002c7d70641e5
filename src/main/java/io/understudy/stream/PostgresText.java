package io.understudy.stream;

import static io.debezium.connector.postgresql.PostgresValueConverter.NEGATIVE_INFINITY_INSTANT;
import static io.debezium.connector.postgresql.PostgresValueConverter.NEGATIVE_INFINITY_LOCAL_DATE;
import static io.debezium.connector.postgresql.PostgresValueConverter.NEGATIVE_INFINITY_OFFSET_DATE_TIME;
import static io.debezium.connector.postgresql.PostgresValueConverter.POSITIVE_INFINITY_INSTANT;
import static io.debezium.connector.postgresql.PostgresValueConverter.POSITIVE_INFINITY_LOCAL_DATE;
import static io.debezium.connector.postgresql.PostgresValueConverter.POSITIVE_INFINITY_OFFSET_DATE_TIME;

import io.debezium.connector.postgresql.UnchangedToastedReplicationMessageColumn;
import io.debezium.data.SpecialValueDecimal;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.HexFormat;

/** Gives back the text of a value that Debezium parsed: a literal that Postgres reads as exactly the same value. */
final class PostgresText {

    private static final DateTimeFormatter DATE = new DateTimeFormatterBuilder()
            .appendValue(ChronoField.YEAR_OF_ERA, 4, 10, SignStyle.NEVER)
            .appendPattern("-MM-dd")
            .toFormatter();
    private static final DateTimeFormatter DATE_TIME = new DateTimeFormatterBuilder()
            .append(DATE)
            .appendLiteral(' ')
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .toFormatter();

    private PostgresText() {}

    static String of(Object value) {
        if (value == null) {
            return null;
        }
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof Integer || value instanceof Long || value instanceof Boolean) {
            return value.toString();
        }
        if (value instanceof OffsetDateTime moment) {
            return timestampWithZone(moment);
        }
        if (value instanceof Instant moment) {
            return timestamp(moment);
        }
        if (value instanceof LocalDate day) {
            return date(day);
        }
        if (value instanceof SpecialValueDecimal number) {
            return decimal(number);
        }
        if (value instanceof BigDecimal number) {
            return number.toPlainString();
        }
        if (value instanceof byte[] bytes) {
            return "\\x" + HexFormat.of().formatHex(bytes);
        }
        if (UnchangedToastedReplicationMessageColumn.isUnchangedToastedValue(value)) {
            return Change.UNCHANGED;
        }
        // Floats, times of day, arrays and the driver's geometric types and intervals print what Postgres reads.
        return value.toString();
    }

    private static String decimal(SpecialValueDecimal number) {
        return number.getDecimalValue()
                .map(BigDecimal::toPlainString)
                .orElseGet(() -> Double.toString(number.toDouble()));
    }

    private static String timestampWithZone(OffsetDateTime moment) {
        if (moment.equals(POSITIVE_INFINITY_OFFSET_DATE_TIME)) {
            return "infinity";
        }
        if (moment.equals(NEGATIVE_INFINITY_OFFSET_DATE_TIME)) {
            return "-infinity";
        }
        OffsetDateTime utc = moment.withOffsetSameInstant(ZoneOffset.UTC);
        return DATE_TIME.format(utc) + "+00" + era(utc);
    }

    private static String timestamp(Instant moment) {
        if (moment.equals(POSITIVE_INFINITY_INSTANT)) {
            return "infinity";
        }
        if (moment.equals(NEGATIVE_INFINITY_INSTANT)) {
            return "-infinity";
        }
        LocalDateTime local = LocalDateTime.ofInstant(moment, ZoneOffset.UTC);
        return DATE_TIME.format(local) + era(local);
    }

    private static String date(LocalDate day) {
        if (day.equals(POSITIVE_INFINITY_LOCAL_DATE)) {
            return "infinity";
        }
        if (day.equals(NEGATIVE_INFINITY_LOCAL_DATE)) {
            return "-infinity";
        }
        return DATE.format(day) + era(day);
    }

    private static String era(TemporalAccessor time) {
        return time.get(ChronoField.YEAR) < 1 ? " BC" : "";
    }
}
