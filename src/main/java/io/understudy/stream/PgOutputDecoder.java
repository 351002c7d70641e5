package io.understudy.stream;

import io.understudy.postgres.Lsn;
import io.understudy.postgres.TableId;
import io.understudy.stream.TransactionPart.Commit;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the messages of pgoutput, protocol version 1, as the Postgres manual describes them under "Logical Replication
 * Message Formats". Values stay the text that the source's own output functions wrote: nothing between source and
 * target parses them.
 */
final class PgOutputDecoder {

    /** 2000-01-01, from which Postgres counts its microseconds. */
    private static final Instant POSTGRES_EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private final Map<Integer, Shape> shapes = new HashMap<>();
    private final PartBuilder parts;
    private boolean inTransaction;

    PgOutputDecoder(Door door) {
        this.parts = new PartBuilder(door);
    }

    /** What the message completed: nothing yet, a part of a transaction, or its last part with the commit. */
    Optional<TransactionPart> decode(ByteBuffer message) {
        byte type = message.get();
        switch (type) {
            case 'I' -> inserted(message);
            case 'U' -> updated(message);
            case 'D' -> deleted(message);
            case 'T' -> truncated(message);
            case 'R' -> relation(message);
            case 'B' -> begun(message);
            case 'C' -> {
                return Optional.of(committed(message));
            }
            default -> {
                // Y (type), O (origin), M (message): nothing that changes a row.
            }
        }
        return parts.isFull() ? Optional.of(parts.part()) : Optional.empty();
    }

    private void begun(ByteBuffer message) {
        message.getLong(); // Where its commit record will be.
        message.getLong(); // When it committed.
        parts.begin(Integer.toUnsignedLong(message.getInt()));
        inTransaction = true;
    }

    boolean isInTransaction() {
        return inTransaction;
    }

    private TransactionPart committed(ByteBuffer message) {
        message.get(); // Flags, of which there are none.
        message.getLong(); // Where the commit record begins; its end is what a slot is confirmed up to.
        Lsn end = new Lsn(message.getLong());
        Instant at = POSTGRES_EPOCH.plusNanos(Math.multiplyExact(message.getLong(), 1000L));
        inTransaction = false;
        return parts.lastPart(new Commit(end, at));
    }

    private void inserted(ByteBuffer message) {
        Shape shape = shape(message.getInt());
        message.get(); // 'N': the new row follows.
        parts.add(RawChange.insert(shape, row(message)));
    }

    private void updated(ByteBuffer message) {
        Shape shape = shape(message.getInt());
        byte kind = message.get();
        String[] oldRow = null;
        if (kind != 'N') {
            oldRow = row(message);
            message.get();
        }
        String[] row = row(message);
        if (kind == 'O') {
            fillUnchanged(row, oldRow);
        }
        parts.add(RawChange.update(shape, oldRow, row));
    }

    /** With replica identity full the old row carries what the new one leaves out. */
    private static void fillUnchanged(String[] row, String[] oldRow) {
        for (int i = 0; i < row.length; i++) {
            if (row[i] == Change.UNCHANGED) {
                row[i] = oldRow[i];
            }
        }
    }

    private void deleted(ByteBuffer message) {
        Shape shape = shape(message.getInt());
        message.get(); // 'K' or 'O': only the key's values, or all.
        parts.add(RawChange.delete(shape, row(message)));
    }

    private void truncated(ByteBuffer message) {
        int count = message.getInt();
        message.get(); // Cascade is resolved: the cascaded tables are listed. Restarted sequences are followed as
        // sequences.
        List<TableId> tables = new ArrayList<>(count);
        List<Long> relations = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Shape shape = shape(message.getInt());
            tables.add(shape.table());
            relations.add(shape.relation());
        }
        parts.add(new RawChange.Emptied(new Change.Truncate(tables, relations)));
    }

    private static String[] row(ByteBuffer message) {
        String[] values = new String[message.getShort()];
        for (int i = 0; i < values.length; i++) {
            byte kind = message.get();
            values[i] = switch (kind) {
                case 'n' -> null;
                case 'u' -> Change.UNCHANGED;
                case 't' -> text(message);
                default ->
                    throw new IllegalStateException("unknown kind of value in the change stream: " + (char) kind);
            };
        }
        return values;
    }

    private static String text(ByteBuffer message) {
        int length = message.getInt();
        int start = message.arrayOffset() + message.position();
        message.position(message.position() + length);
        return new String(message.array(), start, length, StandardCharsets.UTF_8);
    }

    /**
     * Sent before the first change of a table, and again whenever the server forgot that it was; often nothing has
     * changed.
     */
    private void relation(ByteBuffer message) {
        int id = message.getInt();
        String schema = string(message);
        TableId table = new TableId(schema.isEmpty() ? "pg_catalog" : schema, string(message));
        message.get(); // The replica identity.
        int count = message.getShort();
        List<String> columns = new ArrayList<>(count);
        List<String> identity = new ArrayList<>();
        List<String> types = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            boolean identifies = message.get() == 1;
            String column = string(message);
            columns.add(column);
            if (identifies) {
                identity.add(column);
            }
            types.add(Shape.type(Integer.toUnsignedLong(message.getInt()), message.getInt()));
        }
        Shape announced = new Shape(table, columns, identity, Integer.toUnsignedLong(id), types);
        Shape known = shapes.get(id);
        if (known == null || !known.describes(announced)) {
            shapes.put(id, announced);
        }
    }

    private Shape shape(int relation) {
        Shape shape = shapes.get(relation);
        if (shape == null) {
            throw new IllegalStateException(
                    "a change of the unannounced relation " + relation + " in the change stream");
        }
        return shape;
    }

    private static String string(ByteBuffer message) {
        int start = message.arrayOffset() + message.position();
        int end = start;
        while (message.array()[end] != 0) {
            end++;
        }
        message.position(message.position() + end - start + 1);
        return new String(message.array(), start, end - start, StandardCharsets.UTF_8);
    }
}
