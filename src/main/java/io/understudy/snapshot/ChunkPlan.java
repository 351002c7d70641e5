package io.understudy.snapshot;

import io.understudy.postgres.CopyOrder;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The chunks in the order in which they are handed out: parents before children, within a layer the largest table
 * first.
 */
final class ChunkPlan {

    private ChunkPlan() {}

    static List<Chunk> of(List<MirroredTable> tables, CopyOrder order, long chunkBytes) {
        Map<TableId, MirroredTable> byId =
                tables.stream().collect(Collectors.toMap(MirroredTable::id, Function.identity()));
        List<Chunk> chunks = new ArrayList<>();
        for (List<TableId> layer : order.layers()) {
            layer.stream()
                    .map(byId::get)
                    .sorted(Comparator.comparingLong(
                                    (MirroredTable table) -> table.source().bytes())
                            .reversed())
                    .forEach(table -> chunks.addAll(chunks(table, chunkBytes)));
        }
        return chunks;
    }

    /**
     * By page ranges, which the server reads without an index and without reading a page twice. Sized by all the bytes
     * of the table, TOAST included: pages alone would make one chunk of a table of a few rows of megabytes.
     */
    private static List<Chunk> chunks(MirroredTable table, long chunkBytes) {
        Table source = table.source();
        long pages = Math.max(source.pages(), 0);
        long wanted = source.kind() == Table.Kind.PARTITIONED || table.isSchemaOnly()
                ? 1
                : (source.bytes() + chunkBytes - 1) / chunkBytes;
        int count = (int) Math.max(1, Math.min(wanted, pages));
        if (count == 1) {
            return List.of(new Chunk(table, 1, 1, 0, Chunk.OPEN));
        }
        List<Chunk> chunks = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long from = pages * i / count;
            long to = i == count - 1 ? Chunk.OPEN : pages * (i + 1) / count;
            chunks.add(new Chunk(table, i + 1, count, from, to));
        }
        return chunks;
    }
}
