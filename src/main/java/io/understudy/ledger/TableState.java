package io.understudy.ledger;

import java.util.Optional;

/**
 * Where a table is. Kept in {@code understudy.mirrored_table}, so every state survives a restart. While streaming only
 * the thread that applies sets it, in the target transaction that makes it true.
 *
 * <pre>
 *   waiting -> copying -> catching up -> streaming
 *      ^         |  ^          ^  |         |
 *      |         v  |          |  v         v
 *      +------ failed          +--- paused <+      paused -> failed, when more waits for it than there is room for
 *
 *   catching up, streaming -> refreshing -> catching up
 * </pre>
 *
 * What becomes of its changes meanwhile:
 * <table>
 *   <tr><td>waiting, copying<td>set aside
 *   <tr><td>catching up<td>those that were set aside first, then the new ones; what the copy holds is dropped
 *   <tr><td>streaming<td>written
 *   <tr><td>refreshing<td>set aside; those up to the moment of the refresh are written before its values are
 *   <tr><td>paused<td>set aside, within a bound
 *   <tr><td>failed<td>dropped: only a new copy brings the table back
 * </table>
 */
public sealed interface TableState {

    /** One or two words for people and scripts. */
    String word();

    /** Why nothing arrives, if somebody has to do something. */
    default Optional<String> reason() {
        return Optional.empty();
    }

    default Optional<String> remedy() {
        return Optional.empty();
    }

    /**
     * Its copy has not begun.
     *
     * @param cause why it could not, null when nothing stands in its way; it is tried again by itself
     */
    record Waiting(String cause) implements TableState {

        public Waiting() {
            this(null);
        }

        @Override
        public String word() {
            return "waiting";
        }

        @Override
        public Optional<String> reason() {
            return Optional.ofNullable(cause);
        }
    }

    record Copying() implements TableState {
        @Override
        public String word() {
            return "copying";
        }
    }

    /** Copied, or mended: what was set aside is written now. */
    record CatchingUp() implements TableState {
        @Override
        public String word() {
            return "catching up";
        }
    }

    record Streaming() implements TableState {
        @Override
        public String word() {
            return "streaming";
        }
    }

    /**
     * The values of some columns are written anew, by the rules of now. The same again after a crash.
     *
     * @param cause why they could not, null when nothing stands in their way; it is tried again by itself
     * @param todo what would help, null when there is no cause
     */
    record Refreshing(String cause, String todo) implements TableState {

        public Refreshing() {
            this(null, null);
        }

        @Override
        public String word() {
            return "refreshing";
        }

        @Override
        public Optional<String> reason() {
            return Optional.ofNullable(cause);
        }

        @Override
        public Optional<String> remedy() {
            return Optional.ofNullable(todo);
        }
    }

    /** Its changes wait until somebody has done something; looked at again by itself. */
    record Paused(String cause, String todo) implements TableState {

        /** The stream met something new; what somebody has to do is not known before both sides were looked at. */
        public static final String LOOKING = "Nothing yet. In a moment it goes on or says what to do.";

        /** Whether somebody was told to bring the target after the source, and so can be trusted to have done that. */
        public boolean saidWhatToDo() {
            return !todo.equals(LOOKING);
        }

        @Override
        public String word() {
            return "paused";
        }

        @Override
        public Optional<String> reason() {
            return Optional.of(cause);
        }

        @Override
        public Optional<String> remedy() {
            return Optional.of(todo);
        }
    }

    /** Only a new copy helps. */
    record Failed(String cause, String todo) implements TableState {
        @Override
        public String word() {
            return "failed";
        }

        @Override
        public Optional<String> reason() {
            return Optional.of(cause);
        }

        @Override
        public Optional<String> remedy() {
            return Optional.of(todo);
        }
    }

    static TableState of(String word, String reason, String remedy) {
        return switch (word) {
            case "waiting" -> new Waiting(reason);
            case "copying" -> new Copying();
            case "catching up" -> new CatchingUp();
            case "streaming" -> new Streaming();
            case "refreshing" -> new Refreshing(reason, remedy);
            case "paused" -> new Paused(reason, remedy);
            case "failed" -> new Failed(reason, remedy);
            default -> throw new IllegalStateException("unknown state of a table: " + word);
        };
    }
}
