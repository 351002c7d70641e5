package io.understudy.mirror;

/** Usually our own sender of a moment ago, which the source has not yet noticed to be gone. */
final class SlotInUseException extends RuntimeException {
    SlotInUseException(String slot) {
        super("The replication slot " + slot
                + " is still in use at the source. If it stays so, another process reads it: "
                + "select active_pid from pg_replication_slots where slot_name = '" + slot + "'.");
    }
}
