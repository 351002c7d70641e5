package io.understudy.drift;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One step of a repair, which is whole or not at all, and can be run again.
 *
 * @param order in which steps are run
 * @param work SQL that makes it, unless it is there
 * @param proof an SQL condition that holds afterwards
 * @param alone it cannot be in a transaction
 */
record RepairStep(int order, String title, List<String> work, String proof, boolean alone) {

    /** Does {@code statement} unless {@code proof} holds. */
    static RepairStep guarded(int order, String title, String statement, String proof) {
        return new RepairStep(
                order,
                title,
                List.of(block("if (" + proof + ") is not true then\n    " + statement + ";\n  end if")),
                proof,
                false);
    }

    /** For statements that can be run again as they are. */
    static RepairStep plain(int order, String title, String statement, String proof) {
        return new RepairStep(order, title, List.of(statement), proof, false);
    }

    static RepairStep alone(int order, String title, String statement, String proof) {
        return new RepairStep(order, title, List.of(statement), proof, true);
    }

    /** Does it when nothing stands against it, and otherwise says what. */
    static RepairStep unless(int order, String title, String obstacle, String message, String statement, String proof) {
        return new RepairStep(
                order,
                title,
                List.of(block("if (" + proof + ") is not true then\n    if " + obstacle + " then\n      "
                        + raise(message) + ";\n    end if;\n    " + statement + ";\n  end if")),
                proof,
                false);
    }

    private static String block(String body) {
        String tag = "$understudy$";
        for (int i = 1; body.contains(tag); i++) {
            tag = "$understudy" + i + "$";
        }
        return "do " + tag + " begin\n  " + body + ";\nend " + tag;
    }

    private static String raise(String message) {
        return "raise exception using message = '" + message.replace("'", "''") + "'";
    }

    /** As a server takes them, one after the other. */
    List<String> statements() {
        String check =
                block("if (" + proof + ") is not true then\n    " + raise("not proved: " + title) + ";\n  end if");
        if (alone) {
            return Stream.concat(work.stream(), Stream.of(check)).toList();
        }
        return Stream.of(
                        List.of("begin", "set local search_path = pg_catalog", "set local check_function_bodies = off"),
                        work,
                        List.of(check, "commit"))
                .flatMap(List::stream)
                .toList();
    }

    String text(int number, int of) {
        return "-- Step " + number + " of " + of + ": " + title + "\n"
                + statements().stream().map(statement -> statement + ";\n").collect(Collectors.joining())
                + "-- Proved by: select " + proof.replaceAll("\\s+", " ") + ";\n";
    }
}
