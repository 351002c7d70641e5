package io.understudy.masking;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What masking costs a row of 20 columns: run it as a program, it prints. Nothing here is a promise. */
public final class CopyLineBench {

    private static final int COLUMNS = 20;
    private static final int ROWS = 1_000_000;

    private CopyLineBench() {}

    public static void main(String[] arguments) {
        Secret secret = new Secret("a secret of at least sixteen bytes");
        byte[][] rows = IntStream.range(0, 1000)
                .mapToObj(CopyLineBench::row)
                .map(row -> row.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        for (List<String> rules : List.of(
                List.<String>of(),
                List.of("hash"),
                List.of("email"),
                List.of("name"),
                List.of("email", "name", "hash"),
                List.of("email", "name", "text"))) {
            Mask[] masks = new Mask[COLUMNS];
            for (int i = 0; i < rules.size(); i++) {
                boolean number = rules.get(i).equals("hash");
                masks[number ? 0 : i + 3] =
                        Masks.of(MaskRule.parse(rules.get(i)), secret, number ? Fit.of("bigint", false) : Fit.TEXT);
            }
            CopyLine line = new CopyLine(masks, new int[COLUMNS][]);
            long best = Long.MAX_VALUE;
            for (int round = 0; round < 4; round++) {
                long start = cpu();
                for (int i = 0; i < ROWS; i++) {
                    line.mask(rows[i % rows.length]);
                }
                best = Math.min(best, cpu() - start);
            }
            System.out.println(rules + ": " + best / ROWS + " ns a row");
        }
    }

    /** Other programs on the machine do not count. */
    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static String row(int id) {
        return IntStream.range(0, COLUMNS)
                .mapToObj(column -> column == 0
                        ? Integer.toString(id)
                        : column == 3
                                ? "person" + id + "@example.org"
                                : column == 4 ? "Ann Example" + id : "value" + column)
                .collect(Collectors.joining("\t", "", "\n"));
    }
}
