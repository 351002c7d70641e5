package io.understudy.preflight;

import io.understudy.postgres.TableId;
import java.util.List;
import java.util.stream.Collectors;

/** Tables in a sentence. Two hundred of them are one finding, not two hundred; the statement names them all. */
public final class Listed {

    private static final int NAMED = 8;

    private Listed() {}

    public static String tables(List<TableId> tables) {
        return named("table", tables);
    }

    static String sequences(List<TableId> sequences) {
        return named("sequence", sequences);
    }

    private static String named(String kind, List<TableId> objects) {
        String names = objects.stream().limit(NAMED).map(TableId::toString).collect(Collectors.joining(", "));
        String more = objects.size() > NAMED ? " and " + (objects.size() - NAMED) + " more" : "";
        return "the " + (objects.size() == 1 ? kind + " " : objects.size() + " " + kind + "s ") + names + more;
    }

    public static String excluding(List<TableId> tables) {
        return "understudy.tables.exclude="
                + tables.stream().map(TableId::toString).collect(Collectors.joining(","));
    }
}
