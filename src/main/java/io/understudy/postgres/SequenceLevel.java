package io.understudy.postgres;

import io.vertx.sqlclient.Row;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far a sequence is on one side.
 *
 * @param value the last one given, or the one to be given first
 * @param called whether {@code value} has been given
 * @param ascending whether it counts upwards
 * @param lowest the least value that it can give
 * @param highest the greatest value that it can give
 * @param storage the file it is in: another one after every restart ({@code truncate … restart identity}, {@code alter
 *     sequence … restart}), whatever was given since
 */
public record SequenceLevel(
        TableId sequence, long value, boolean called, boolean ascending, long lowest, long highest, long storage) {

    /**
     * Reading locks a sequence, lightly, to the end of the statement. A server of default size holds some 6,000 locks.
     */
    private static final int AT_ONCE = 500;

    /** A sequence that is being restarted in an open transaction cannot be read: not worth a long wait. */
    private static final String READING = "begin read only; set local lock_timeout = '1s'";

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private static final String LEVELS = Sql.file(SequenceLevel.class, "sequence-levels.sql");

    private static final String SETTING = "with asked as (select * from unnest($1::text[], $2::text[], $3::bigint[], "
            + "$4::boolean[]) as a(schema, name, value, called)), level as materialized (" + LEVELS + ")\n" + """
            select setval(l.id::regclass, a.value, a.called)
              from asked a
              join level l using (schema, name)
             where a.value between l.lowest and l.highest
               and has_sequence_privilege(l.id, 'update')
            """;

    /** Sets sequences whatever they are at; never fails for one that is missing, out of bounds or not ours to set. */
    private static final String SET = SETTING;

    /**
     * The same, for those that are behind only. Takes what {@link #arguments} gives. A sequence never called stands
     * before its first value: a row that has it makes it called.
     */
    public static final String RAISE = SETTING + """
               and case when l.ascending then (l.value, l.called) < (a.value, a.called)
                        else l.value > a.value or l.value = a.value and l.called < a.called end
            """;

    public static Object[] arguments(List<TableId> sequences, List<Long> values, List<Boolean> called) {
        return new Object[] {
            sequences.stream().map(TableId::schema).toArray(String[]::new),
            sequences.stream().map(TableId::name).toArray(String[]::new),
            values.toArray(Long[]::new),
            called.toArray(Boolean[]::new)
        };
    }

    /** Those of {@code sequences} that exist, may be read and are not being restarted at the moment. */
    public static Map<TableId, SequenceLevel> read(PostgresClient database, List<TableId> sequences) {
        Map<TableId, SequenceLevel> levels = new LinkedHashMap<>();
        for (int from = 0; from < sequences.size(); from += AT_ONCE) {
            List<TableId> some = sequences.subList(from, Math.min(from + AT_ONCE, sequences.size()));
            try {
                database.with(session -> session.transaction(READING, reading -> readInto(levels, reading, some)));
            } catch (PostgresFailure failure) {
                if (!failure.sqlState().equals(LOCK_NOT_AVAILABLE)) {
                    throw failure;
                }
            }
        }
        return levels;
    }

    private static Void readInto(Map<TableId, SequenceLevel> levels, Session session, List<TableId> sequences) {
        for (Row row : session.query(
                LEVELS,
                sequences.stream().map(TableId::schema).toArray(String[]::new),
                sequences.stream().map(TableId::name).toArray(String[]::new))) {
            TableId id = new TableId(row.getString("schema"), row.getString("name"));
            levels.put(
                    id,
                    new SequenceLevel(
                            id,
                            row.getLong("value"),
                            row.getBoolean("called"),
                            row.getBoolean("ascending"),
                            row.getLong("lowest"),
                            row.getLong("highest"),
                            row.getLong("storage")));
        }
        return null;
    }

    /** @return how many were set: not those that are missing, have no such value, or are not ours to set */
    public static int set(Session target, Collection<SequenceLevel> levels) {
        return write(target, SET, levels);
    }

    /** @return how many were behind and are no more */
    public static int raise(Session target, Collection<SequenceLevel> levels) {
        return write(target, RAISE, levels);
    }

    private static int write(Session target, String sql, Collection<SequenceLevel> levels) {
        Object[] arguments = arguments(
                levels.stream().map(SequenceLevel::sequence).toList(),
                levels.stream().map(SequenceLevel::value).toList(),
                levels.stream().map(SequenceLevel::called).toList());
        return target.query(sql, arguments).size();
    }

    /** Whether it would give values that the other has already given. */
    public boolean isBehind(SequenceLevel other) {
        int order = ascending ? Long.compare(value, other.value) : Long.compare(other.value, value);
        return order < 0 || order == 0 && !called && other.called;
    }

    public boolean isAt(SequenceLevel other) {
        return value == other.value && called == other.called;
    }

    /** Whether this sequence can be set to where the other is. */
    public boolean canBeAt(SequenceLevel other) {
        return lowest <= other.value && other.value <= highest;
    }
}
