package io.understudy.masking;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Masks the values within a document, each by the rule of its path or of the nearest path above it, otherwise by its
 * type: strings keep their shape, numbers are noised, booleans and nulls stay. Keys stay.
 *
 * <p>Read and written as a stream: memory is for the text and for the depth.
 */
final class JsonMask implements Mask {

    /** A server with the usual stack refuses documents that are deeper. */
    private static final int DEPTH = 10_000;
    /** Of a numeric, before the point and behind it. */
    private static final int NUMBER_LENGTH = 150_000;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH)
                    .maxNumberLength(NUMBER_LENGTH)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .streamWriteConstraints(
                    StreamWriteConstraints.builder().maxNestingDepth(DEPTH).build())
            // The names come from rows: a table of them that all threads share would hold them forever.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private final JsonPaths<Leaf> paths = new JsonPaths<>();
    private final Map<MaskRule, Leaf> leaves = new HashMap<>();
    private final Secret secret;
    private final Leaf unnamed;

    JsonMask(MaskRule rule, Secret secret) {
        this.secret = secret;
        this.unnamed = new Leaf(
                Masks.of(MaskRule.TEXT, secret, Fit.TEXT), Masks.of(MaskRule.NUMBER, secret, Fit.FLOATING), true);
        for (String argument : rule.arguments()) {
            int equals = argument.indexOf('=');
            paths.put(
                    argument.substring(0, equals),
                    leaves.computeIfAbsent(MaskRule.parse(argument.substring(equals + 1)), this::leaf));
        }
    }

    /** Null for what is no document. */
    @Override
    public String of(String value, String seed) {
        StringWriter text = new StringWriter(value.length() + 16);
        try (JsonParser parser = JSON.createParser(value);
                JsonGenerator generator = JSON.createGenerator(text)) {
            copy(parser, generator, seed);
        } catch (IOException e) {
            return null;
        }
        return text.toString();
    }

    @Override
    public double capacity() {
        return unnamed.text().capacity();
    }

    /**
     * What becomes of a value.
     *
     * @param flags whether booleans stay
     */
    private record Leaf(Mask text, Mask number, boolean flags) {}

    /** Where in the document, and what holds there. */
    private record Place(List<JsonPaths<Leaf>> nodes, Leaf leaf, boolean array) {}

    private Leaf leaf(MaskRule rule) {
        Mask text = Masks.of(rule, secret, Fit.TEXT);
        Mask number = switch (rule.kind()) {
            case KEEP, NULL, CONSTANT, LIST -> text;
            case NUMBER -> Masks.of(rule, secret, Fit.FLOATING);
            // Digits of a telephone, of an account: near the number would be too near.
            default -> {
                KeyedHash hash = new KeyedHash(secret, rule.kind().word(), false);
                yield new PlainMask(value -> Digits.replaced(value, hash.draw(value)), 1e6);
            }
        };
        return new Leaf(text, number, rule.keeps() || rule.kind() == MaskRule.Kind.NUMBER);
    }

    private void copy(JsonParser parser, JsonGenerator generator, String seed) throws IOException {
        List<Place> above = new ArrayList<>();
        Place place = new Place(List.of(paths), unnamed, false);
        Place next = place;
        boolean some = false;
        JsonToken token;
        while ((token = parser.nextToken()) != null) {
            if (some && above.isEmpty()) {
                throw new IOException("more than one document");
            }
            some = true;
            if (token == JsonToken.FIELD_NAME) {
                generator.writeFieldName(parser.currentName());
                next = within(place, JsonPaths.key(place.nodes(), parser.currentName()));
            } else if (token.isStructEnd()) {
                place = above.remove(above.size() - 1);
                if (token == JsonToken.END_OBJECT) {
                    generator.writeEndObject();
                } else {
                    generator.writeEndArray();
                }
            } else {
                Place here = place.array() ? within(place, JsonPaths.element(place.nodes())) : next;
                if (token.isStructStart()) {
                    above.add(place);
                    place = new Place(here.nodes(), here.leaf(), token == JsonToken.START_ARRAY);
                    if (token == JsonToken.START_OBJECT) {
                        generator.writeStartObject();
                    } else {
                        generator.writeStartArray();
                    }
                } else {
                    write(parser, token, here.leaf(), generator, seed);
                }
            }
        }
        if (!some) {
            throw new IOException("no document");
        }
    }

    private static Place within(Place above, List<JsonPaths<Leaf>> nodes) {
        return new Place(nodes, JsonPaths.value(nodes, above.leaf()), false);
    }

    private static void write(JsonParser parser, JsonToken token, Leaf leaf, JsonGenerator generator, String seed)
            throws IOException {
        switch (token) {
            case VALUE_STRING -> writeText(leaf.text().of(parser.getText(), seed), generator);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                writeNumber(leaf.number().of(parser.getText(), seed), generator);
            case VALUE_TRUE, VALUE_FALSE -> {
                if (leaf.flags()) {
                    generator.writeBoolean(token == JsonToken.VALUE_TRUE);
                } else {
                    generator.writeNull();
                }
            }
            default -> generator.writeNull();
        }
    }

    private static void writeText(String value, JsonGenerator generator) throws IOException {
        if (value == null) {
            generator.writeNull();
        } else {
            generator.writeString(value);
        }
    }

    /** As text, so that no digit is lost. */
    private static void writeNumber(String value, JsonGenerator generator) throws IOException {
        if (value != null && Constants.isJsonNumber(value)) {
            generator.writeNumber(value);
        } else {
            writeText(value, generator);
        }
    }
}
