package io.understudy.apply;

import io.understudy.apply.Step.Statement;
import io.understudy.ledger.TableLedger;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.Session;
import io.understudy.postgres.TableId;
import io.understudy.stream.Change;
import io.understudy.stream.Shape;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The table {@code understudy.set_aside}: changes that wait for their table. They are added in the transaction that
 * moves the checkpoint past them and removed in the one that writes their rows, so that each is in exactly one of the
 * three places: the source's log, here, the table.
 */
final class SetAside {

    private static final Duration LIMIT = Duration.ofMinutes(10);

    private static final String ADD = """
            insert into understudy.set_aside (mirror, schema_name, table_name, commit_lsn, change_count, bytes, changes)
            select $1, x.schema, x.name, x.lsn::pg_lsn, x.count, x.bytes, x.changes
              from unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::bigint[], $7::text[])
                   with ordinality as x(schema, name, lsn, count, bytes, changes, place)
             order by x.place
            """;
    private static final String COMPLETE =
            "update understudy.set_aside set commit_lsn = $2::text::pg_lsn where mirror = $1 and commit_lsn is null";
    private static final String DROP = """
            delete from understudy.set_aside s using unnest($2::text[], $3::text[]) as x(schema, name)
             where s.mirror = $1 and s.schema_name = x.schema and s.table_name = x.name
            """;
    private static final String DROP_UP_TO_LSN = """
            delete from understudy.set_aside
             where mirror = $1 and schema_name = $2 and table_name = $3 and commit_lsn <= $4::text::pg_lsn
            """;
    private static final String REMOVE = """
            delete from understudy.set_aside where mirror = $1 and schema_name = $2 and table_name = $3 and id <= $4
            """;
    /** From the oldest on, as many as fit, but one at least. */
    private static final String NEXT = """
            select id, change_count, bytes, changes, commit_lsn::text as commit
              from (select id, change_count, bytes, changes, commit_lsn, sum(bytes) over (order by id) - bytes as before
                      from (select id, change_count, bytes, changes, commit_lsn from understudy.set_aside
                             where mirror = $1 and schema_name = $2 and table_name = $3 and commit_lsn <= $5::text::pg_lsn
                             order by id limit 1000) as oldest) as s
             where before < $4 order by id
            """;

    private static final String LAST_LSN = "FFFFFFFF/FFFFFFFF";

    private static final String TOTAL = """
            select count(*), coalesce(sum(change_count), 0)::bigint as changes, coalesce(sum(bytes), 0)::bigint as bytes
              from understudy.set_aside where mirror = $1 and schema_name = $2 and table_name = $3
            """;
    private static final String RENAME = """
            update understudy.set_aside set schema_name = $4, table_name = $5
             where mirror = $1 and schema_name = $2 and table_name = $3
            """;

    /** Changes of one table, of one shape, of one source transaction. */
    record Packet(TableId table, Optional<Lsn> commit, int count, String text) {

        static Packet of(TableId table, Optional<Lsn> commit, Shape shape, List<Change> changes) {
            return new Packet(table, commit, changes.size(), ChangeText.write(shape, changes));
        }

        /** Text is one byte a letter, or a little more: near enough for a bound. */
        long bytes() {
            return text.length();
        }
    }

    /** The oldest of what waits for a table; of one transaction each. */
    record Waiting(List<Part> parts, long lastId, int count, long bytes) {
        List<Change> changes() {
            return parts.stream().flatMap(part -> part.changes().stream()).toList();
        }

        /** Without what a copy holds already; all of it is removed together. */
        Waiting after(Lsn consistentPoint) {
            List<Part> later = parts.stream()
                    .filter(part -> part.commit().isAfter(consistentPoint))
                    .toList();
            return new Waiting(later, lastId, count, bytes);
        }
    }

    record Part(List<Change> changes, Lsn commit) {}

    record Total(long changes, long bytes) {}

    private final String mirror;
    /** What was read before, of which there is little: what is prepared for a shape is used again. */
    private final Map<String, Shape> shapes = new HashMap<>();

    SetAside(String mirror) {
        this.mirror = mirror;
    }

    Statement add(List<Packet> packets) {
        return statement(
                ADD,
                mirror,
                packets.stream().map(packet -> packet.table().schema()).toArray(String[]::new),
                packets.stream().map(packet -> packet.table().name()).toArray(String[]::new),
                packets.stream()
                        .map(packet -> packet.commit().map(Lsn::toString).orElse(null))
                        .toArray(String[]::new),
                packets.stream().map(Packet::count).toArray(Integer[]::new),
                packets.stream().map(Packet::bytes).toArray(Long[]::new),
                packets.stream().map(Packet::text).toArray(String[]::new));
    }

    /** The transaction whose parts were set aside before its end was known has ended here. */
    Statement complete(Lsn commit) {
        return statement(COMPLETE, mirror, commit.toString());
    }

    Statement drop(Collection<TableId> tables) {
        return statement(DROP, TableLedger.naming(mirror, tables));
    }

    /** What a copy already holds. */
    Statement dropUpTo(TableId table, Lsn consistentPoint) {
        return statement(DROP_UP_TO_LSN, mirror, table.schema(), table.name(), consistentPoint.toString());
    }

    Statement remove(TableId table, Waiting written) {
        return statement(REMOVE, mirror, table.schema(), table.name(), written.lastId());
    }

    Statement rename(TableId from, TableId to) {
        return statement(RENAME, mirror, from.schema(), from.name(), to.schema(), to.name());
    }

    /** @param upTo the last commit that is wanted; empty for all. Ends are known: no transaction is open. */
    Optional<Waiting> next(Session session, TableId table, long bytes, Optional<Lsn> upTo) {
        List<Part> parts = new ArrayList<>();
        long lastId = 0;
        int count = 0;
        long weight = 0;
        for (Row row : session.await(
                session.send(
                        NEXT,
                        Tuple.of(
                                mirror,
                                table.schema(),
                                table.name(),
                                bytes,
                                upTo.map(Lsn::toString).orElse(LAST_LSN)),
                        LIMIT),
                LIMIT,
                "Reading what was set aside for " + table)) {
            parts.add(new Part(
                    ChangeText.read(table, row.getString("changes"), shapes), Lsn.parse(row.getString("commit"))));
            lastId = row.getLong("id");
            count += row.getInteger("change_count");
            weight += row.getLong("bytes");
        }
        return parts.isEmpty() ? Optional.empty() : Optional.of(new Waiting(parts, lastId, count, weight));
    }

    Total total(Session session, TableId table) {
        Row row = session.query(TOTAL, mirror, table.schema(), table.name())
                .iterator()
                .next();
        return new Total(row.getLong("changes"), row.getLong("bytes"));
    }

    private static Statement statement(String sql, Object... arguments) {
        return new Statement(null, sql, Tuple.from(arguments), Statement.ANY);
    }
}
