package io.understudy.preflight;

import io.understudy.postgres.TableId;
import java.util.List;

/**
 * One thing that is not as it should be.
 *
 * @param what a sentence that says where and what
 * @param remedy what to do, as a statement or setting that can be typed
 * @param tables whose own matter it is: they wait, and the others are mirrored; empty when it concerns the mirror as a
 *     whole
 * @param statements what would mend it at the target without taking anything away; empty when nothing so simple would
 */
public record Finding(Severity severity, String what, String remedy, List<TableId> tables, List<String> statements) {

    public enum Severity {
        BLOCKING,
        /** Nothing is copied like this; a mirror that has copied already goes on. */
        BLOCKING_FIRST_COPY,
        WARNING
    }

    public static Finding blocking(String what, String remedy) {
        return new Finding(Severity.BLOCKING, what, remedy, List.of(), List.of());
    }

    static Finding blockingFirstCopy(String what, String remedy) {
        return new Finding(Severity.BLOCKING_FIRST_COPY, what, remedy, List.of(), List.of());
    }

    static Finding warning(String what, String remedy) {
        return new Finding(Severity.WARNING, what, remedy, List.of(), List.of());
    }

    Finding about(TableId table) {
        return about(List.of(table));
    }

    Finding about(List<TableId> concerned) {
        return new Finding(severity, what, remedy, List.copyOf(concerned), statements);
    }

    /** By these statements at the target, which only add. */
    Finding mendedBy(List<String> adding) {
        return new Finding(severity, what, remedy, tables, List.copyOf(adding));
    }

    /** Whether it stands against a mirror that has copied already. */
    public boolean isBlocking() {
        return severity == Severity.BLOCKING;
    }

    public boolean isBlockingFirstCopy() {
        return severity != Severity.WARNING;
    }
}
