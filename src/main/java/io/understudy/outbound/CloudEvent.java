package io.understudy.outbound;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A delivery as CloudEvents 1.0 has it. Everything in it is the same at every attempt, so that a receiver may compare
 * what it got twice.
 */
public final class CloudEvent {

    /** Of an event that is JSON as a whole. */
    public static final String STRUCTURED = "application/cloudevents+json";

    /** Of its data alone. */
    public static final String DATA = "application/json";

    private static final JsonFactory JSON = new JsonFactory();

    private CloudEvent() {}

    /** The context attributes, without the type of the data; in the order in which they are written. */
    public static Map<String, String> attributes(Delivery delivery) {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("specversion", "1.0");
        attributes.put("id", delivery.idempotencyKey());
        attributes.put("source", "/understudy/" + delivery.mirror());
        attributes.put("type", "io.understudy." + delivery.operation().word());
        attributes.put("subject", delivery.table() + "/" + delivery.recordId());
        attributes.put("time", DateTimeFormatter.ISO_INSTANT.format(delivery.committedAt()));
        attributes.put("partitionkey", delivery.orderingKey());
        delivery.workflow().ifPresent(workflow -> attributes.put("workflow", workflow));
        delivery.objectType().ifPresent(type -> attributes.put("objecttype", type));
        return attributes;
    }

    /** The event as one JSON object. */
    public static String structured(Delivery delivery) {
        StringWriter text = new StringWriter(delivery.payload().length() + 512);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            for (Map.Entry<String, String> attribute : attributes(delivery).entrySet()) {
                json.writeStringField(attribute.getKey(), attribute.getValue());
            }
            json.writeStringField("datacontenttype", DATA);
            json.writeFieldName("data");
            json.writeRawValue(delivery.payload());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** The value of an attribute as a header of the binary mode may hold it: printable ASCII, the rest percent-encoded. */
    public static String header(String value) {
        StringBuilder text = new StringBuilder(value.length());
        value.codePoints().forEach(point -> {
            if (point > ' ' && point < 0x7F && point != '"' && point != '%') {
                text.appendCodePoint(point);
            } else {
                text.append(URLEncoder.encode(new String(Character.toChars(point)), StandardCharsets.UTF_8)
                        .replace("+", "%20"));
            }
        });
        return text.toString();
    }
}
