package io.understudy.stream;

import io.debezium.data.Envelope;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.TableId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Turns Debezium's records back into the transactions they came from: begin, changes, end.
 *
 * <p>Debezium describes a change of a primary key as a delete and an insert; here it is one update again. It names the
 * tables of one truncate one by one; here they are together again.
 */
final class RecordDecoder {

    /**
     * What a Debezium schema object stands for. A table that is altered gets new ones; the old ones are dropped here.
     */
    private record Layout(Shape shape, List<Field> before, List<Field> after) {}

    /** Many times the tables of a large database; reached only by endless alterations. */
    private static final int LAYOUTS = 10_000;

    private final Map<Schema, Layout> layouts = new IdentityHashMap<>();
    private final PartBuilder parts;
    private List<TableId> truncated = new ArrayList<>();
    private long received;
    private boolean inTransaction;

    RecordDecoder(Door door) {
        this.parts = new PartBuilder(door);
    }

    /** What one record completed: nothing yet, a part of a transaction, or its last part with the commit. */
    Optional<TransactionPart> decode(SourceRecord record) {
        Struct value = (Struct) record.value();
        if (value == null) {
            return Optional.empty();
        }
        if (value.schema().field("event_count") != null) {
            return boundary(record, value);
        }
        if (isHeartbeat(value)) {
            return Optional.empty();
        }
        received++;
        change(record, value);
        return parts.isFull() ? Optional.of(parts.part()) : Optional.empty();
    }

    static boolean isHeartbeat(Struct value) {
        return value.schema().field("event_count") == null
                && value.schema().field(Envelope.FieldName.OPERATION) == null;
    }

    /** Whether the last record left a transaction open. */
    boolean isInTransaction() {
        return inTransaction;
    }

    private Optional<TransactionPart> boundary(SourceRecord record, Struct value) {
        boolean begins = value.getString("status").equals("BEGIN");
        inTransaction = begins;
        if (begins) {
            received = 0;
            String id = value.getString("id"); // Its number, and where its commit record is.
            parts.begin(Long.parseLong(id.substring(0, id.indexOf(':'))));
            return Optional.empty();
        }
        checkCount(value);
        Lsn lsn = commitLsn(record);
        Instant at = Instant.ofEpochMilli(value.getInt64("ts_ms"));
        closeTruncate();
        return Optional.of(parts.lastPart(new TransactionPart.Commit(lsn, at)));
    }

    /** Debezium counted what it sent. If we did not get as many, going on would lose changes and call it success. */
    private void checkCount(Struct end) {
        Long sent = end.getInt64("event_count");
        if (sent != null && sent != received) {
            throw new IllegalStateException(
                    "The capture announced " + sent + " changes in transaction " + end.getString("id")
                            + " and delivered " + received + ". Nothing of it was applied; it will be read again.");
        }
    }

    private static Lsn commitLsn(SourceRecord end) {
        if (end.sourceOffset().get("lsn_commit") instanceof Long lsn) {
            return new Lsn(lsn);
        }
        throw new IllegalStateException("A transaction ended without a commit position. It will be read again.");
    }

    private void change(SourceRecord record, Struct value) {
        String operation = value.getString(Envelope.FieldName.OPERATION);
        if (operation.equals("m")) {
            return; // A logical message: no row.
        }
        if (operation.equals("t")) {
            Struct source = value.getStruct(Envelope.FieldName.SOURCE);
            truncated.add(new TableId(source.getString("schema"), source.getString("table")));
            return;
        }
        closeTruncate();
        Layout layout = layouts.get(record.valueSchema());
        if (layout == null) {
            layout = layout(record.valueSchema(), value);
        }
        switch (operation) {
            case "c" -> inserted(record, value, layout);
            case "u" -> parts.add(RawChange.update(layout.shape(), oldRow(value, layout), after(value, layout)));
            case "d" -> deleted(record, value, layout);
            default ->
                throw new IllegalStateException("unknown operation " + operation + " on "
                        + layout.shape().table());
        }
    }

    private void inserted(SourceRecord record, Struct value, Layout layout) {
        Header oldKey = record.headers().lastWithName("__debezium.oldkey");
        if (oldKey == null) {
            parts.add(RawChange.insert(layout.shape(), after(value, layout)));
        } else {
            parts.add(RawChange.update(layout.shape(), spread((Struct) oldKey.value(), layout), after(value, layout)));
        }
    }

    private void deleted(SourceRecord record, Struct value, Layout layout) {
        boolean keyMoved = record.headers().lastWithName("__debezium.newkey") != null;
        if (!keyMoved) {
            parts.add(RawChange.delete(layout.shape(), before(value, layout)));
        }
    }

    private static String[] after(Struct value, Layout layout) {
        return values(value.getStruct(Envelope.FieldName.AFTER), layout.after());
    }

    private static String[] before(Struct value, Layout layout) {
        return values(value.getStruct(Envelope.FieldName.BEFORE), layout.before());
    }

    private static String[] oldRow(Struct value, Layout layout) {
        return value.getStruct(Envelope.FieldName.BEFORE) == null ? null : before(value, layout);
    }

    private static String[] values(Struct struct, List<Field> fields) {
        String[] values = new String[fields.size()];
        for (int i = 0; i < values.length; i++) {
            // Not get(): it puts the column's default where a row holds null.
            values[i] = (String) struct.getWithoutDefault(fields.get(i).name());
        }
        return values;
    }

    /** The values of a key, at the places where its columns stand in the row. */
    private static String[] spread(Struct key, Layout layout) {
        String[] values = new String[layout.after().size()];
        for (Field field : key.schema().fields()) {
            values[layout.shape().columns().indexOf(field.name())] = (String) key.getWithoutDefault(field.name());
        }
        return values;
    }

    private Layout layout(Schema schema, Struct value) {
        if (layouts.size() >= LAYOUTS) {
            layouts.clear();
        }
        Struct source = value.getStruct(Envelope.FieldName.SOURCE);
        List<Field> before = schema.field(Envelope.FieldName.BEFORE).schema().fields();
        List<Field> after = schema.field(Envelope.FieldName.AFTER).schema().fields();
        Shape shape = new Shape(
                new TableId(source.getString("schema"), source.getString("table")),
                after.stream().map(Field::name).toList());
        Layout layout = new Layout(shape, before, after);
        layouts.put(schema, layout);
        return layout;
    }

    private void closeTruncate() {
        if (!truncated.isEmpty()) {
            parts.add(new RawChange.Emptied(new Change.Truncate(List.copyOf(truncated))));
            truncated = new ArrayList<>();
        }
    }
}
