package io.understudy.postgres;

/** What the source writes into its log about the old row of an update or delete. */
public enum ReplicaIdentity {
    DEFAULT,
    NOTHING,
    FULL,
    INDEX;

    static ReplicaIdentity of(String relreplident) {
        return switch (relreplident) {
            case "d" -> DEFAULT;
            case "n" -> NOTHING;
            case "f" -> FULL;
            case "i" -> INDEX;
            default -> throw new IllegalStateException("unknown relreplident " + relreplident);
        };
    }
}
