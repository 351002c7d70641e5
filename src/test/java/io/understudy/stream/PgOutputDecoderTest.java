package io.understudy.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.masking.MaskingPolicy;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the relation messages tell, as the changes after them carry it. */
class PgOutputDecoderTest {

    private static final int RELATION = 0x9000_0001;

    private final PgOutputDecoder decoder = new PgOutputDecoder(
            new Door(() -> MaskingPolicy.NONE, new FilteredRows(() -> RowFilters.NONE, () -> null)));

    @Test
    void aShapeKnowsWhichColumnsIdentifyARow() {
        announced("public", "item", "*id", "name");
        Shape shape = shapeOfInsert("1", "x");
        assertThat(shape.table()).hasToString("public.item");
        assertThat(shape.columns()).containsExactly("id", "name");
        assertThat(shape.identity()).containsExactly("id");
        assertThat(shape.relation()).isEqualTo(Integer.toUnsignedLong(RELATION));
        assertThat(shape.identifies(List.of("id"))).isTrue();
        assertThat(shape.identifies(List.of("id", "name"))).isFalse();
    }

    @Test
    void aShapeIsSharedUntilTheTableOrItsIdentityIsAltered() {
        announced("public", "item", "*id", "name");
        Shape first = shapeOfInsert("1", "x");
        announced("public", "item", "*id", "name");
        assertThat(shapeOfInsert("2", "y")).isSameAs(first);
        announced("public", "item", "*id", "*name");
        assertThat(shapeOfInsert("3", "z")).isNotSameAs(first);
    }

    @Test
    void aCaptureThatKnowsNoIdentityIsTrusted() {
        announced("public", "item");
        Shape unknown = new Shape(shapeOfInsert().table(), List.of("id"));
        assertThat(unknown.identifies(List.of("id"))).isTrue();
    }

    /** @param columns those of the identity with a star before them */
    private void announced(String schema, String table, String... columns) {
        Message message =
                new Message('R').number(RELATION, 4).text(schema).text(table).number('d', 1);
        message.number(columns.length, 2);
        for (String column : columns) {
            boolean identifies = column.startsWith("*");
            message.number(identifies ? 1 : 0, 1)
                    .text(column.substring(identifies ? 1 : 0))
                    .number(25, 4)
                    .number(-1, 4);
        }
        decoder.decode(message.bytes());
    }

    private Shape shapeOfInsert(String... values) {
        Message message = new Message('I').number(RELATION, 4).number('N', 1).number(values.length, 2);
        for (String value : values) {
            message.number('t', 1).number(value.length(), 4);
            value.chars().forEach(letter -> message.number(letter, 1));
        }
        decoder.decode(message.bytes());
        TransactionPart part = decoder.decode(new Message('C')
                        .number(0, 1)
                        .number(0, 8)
                        .number(1, 8)
                        .number(0, 8)
                        .bytes())
                .orElseThrow();
        return ((Change.Insert) part.changes().get(0)).shape();
    }

    private static final class Message {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Message(char type) {
            bytes.write(type);
        }

        Message number(long value, int length) {
            for (int i = length - 1; i >= 0; i--) {
                bytes.write((int) (value >> 8 * i));
            }
            return this;
        }

        Message text(String text) {
            bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
            bytes.write(0);
            return this;
        }

        ByteBuffer bytes() {
            return ByteBuffer.wrap(bytes.toByteArray());
        }
    }
}
