package io.understudy.postgres;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What every session of ours sets when it connects. The text of a value depends on settings (a date on DateStyle, money
 * on lc_monetary, a regclass on search_path); both sides, COPY and stream, get the same ones, so that text written at
 * the source means the same value at the target.
 */
public record SessionSettings(String applicationName, boolean readOnly) {

    Map<String, String> parameters() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("search_path", "pg_catalog");
        settings.put("DateStyle", "ISO,YMD");
        settings.put("IntervalStyle", "postgres");
        settings.put("TimeZone", "UTC");
        settings.put("extra_float_digits", "3");
        settings.put("bytea_output", "hex");
        settings.put("lc_monetary", "C");
        settings.put("xmloption", "content");
        // Notices of the server go to the log, and may quote values.
        settings.put("client_min_messages", "error");
        // A limit that an administrator set for people must not cut a copy of an hour in two.
        settings.put("statement_timeout", "0");
        settings.put("idle_in_transaction_session_timeout", "0");
        settings.put("idle_session_timeout", "0");
        // A policy that hides rows from us must be an error: a copy without them would look complete.
        settings.put("row_security", "off");
        if (readOnly) {
            settings.put("default_transaction_read_only", "on");
        }
        return settings;
    }

    /** The same as the {@code options} of a libpq connection, for clients that know no other way. */
    public String options() {
        return parameters().entrySet().stream()
                .map(entry -> "-c " + entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(" "));
    }
}
