package io.understudy.snapshot;

import static io.understudy.postgres.Tables.foreignKey;
import static io.understudy.postgres.Tables.mirrored;
import static io.understudy.postgres.Tables.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.postgres.CopyOrder;
import io.understudy.postgres.ForeignKey;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.Table;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkPlanTest {

    private static final long MEGABYTE = 1 << 20;

    @Test
    void aSmallTableIsOneChunkWithoutLimits() {
        assertThat(plan(MEGABYTE, sized("a", 1000, 1)))
                .singleElement()
                .satisfies(chunk -> assertThat(chunk.copyOut()).isEqualTo("copy \"public\".\"a\" (\"id\") to stdout"))
                .satisfies(chunk -> assertThat(chunk).hasToString("public.a"));
    }

    @ParameterizedTest
    @CsvSource({"10, 1280", "3, 7", "7, 100", "1000, 1000", "64, 65"})
    void chunksCoverEveryPageOnceAndTheLastIsOpen(int megabytes, long pages) {
        List<Chunk> chunks = plan(MEGABYTE, sized("a", megabytes * MEGABYTE, pages));
        assertThat(chunks).hasSize((int) Math.min(megabytes, pages));
        assertThat(chunks.get(0).fromPage()).isZero();
        for (int i = 1; i < chunks.size(); i++) {
            assertThat(chunks.get(i).fromPage()).isEqualTo(chunks.get(i - 1).toPage());
            assertThat(chunks.get(i - 1).toPage())
                    .isGreaterThan(chunks.get(i - 1).fromPage());
        }
        assertThat(chunks.get(chunks.size() - 1).toPage()).isEqualTo(Chunk.OPEN);
    }

    @Test
    void rangesAreHalfOpen() {
        List<Chunk> chunks = plan(MEGABYTE, sized("a", 2 * MEGABYTE, 10));
        assertThat(chunks.get(0).copyOut())
                .endsWith("from only \"public\".\"a\" where ctid >= '(0,0)' and ctid < '(5,0)') to stdout");
        assertThat(chunks.get(1).copyOut()).endsWith("where ctid >= '(5,0)') to stdout");
        assertThat(chunks.get(1)).hasToString("public.a, chunk 2 of 2");
    }

    @Test
    void aTableOfFewPagesIsNotCutFinerThanItsPages() {
        assertThat(plan(MEGABYTE, sized("toasted", 100 * MEGABYTE, 3))).hasSize(3);
    }

    @Test
    void aTableWithoutStatisticsIsOneChunk() {
        assertThat(plan(MEGABYTE, sized("fresh", 100 * MEGABYTE, 0))).hasSize(1);
    }

    @Test
    void aPartitionedTableIsReadThroughItsRoot() {
        assertThat(plan(MEGABYTE, table("p", Table.Kind.PARTITIONED, 100 * MEGABYTE, 5000, "id")))
                .singleElement()
                .satisfies(chunk ->
                        assertThat(chunk.copyOut()).isEqualTo("copy (select \"id\" from \"public\".\"p\") to stdout"));
    }

    @Test
    void parentsComeFirstAndWithinALayerTheLargest() {
        List<ForeignKey> keys = List.of(foreignKey("huge_child", "small"));
        List<Chunk> chunks = plan(
                keys,
                1000 * MEGABYTE,
                sized("huge_child", 500 * MEGABYTE, 9),
                sized("small", 1, 1),
                sized("large", 2, 1));
        assertThat(chunks)
                .extracting(Chunk::toString)
                .containsExactly("public.large", "public.small", "public.huge_child");
    }

    private static Table sized(String name, long bytes, long pages) {
        return table(name, Table.Kind.ORDINARY, bytes, pages, "id");
    }

    private static List<Chunk> plan(long chunkBytes, Table... tables) {
        return plan(List.of(), chunkBytes, tables);
    }

    private static List<Chunk> plan(List<ForeignKey> keys, long chunkBytes, Table... tables) {
        List<MirroredTable> mirrored =
                Stream.of(tables).map(table -> mirrored(table)).toList();
        CopyOrder order = CopyOrder.of(mirrored.stream().map(MirroredTable::id).toList(), keys);
        return ChunkPlan.of(mirrored, order, chunkBytes);
    }
}
