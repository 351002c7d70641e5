package io.understudy.apply;

import io.understudy.apply.Step.Statement;
import io.understudy.ledger.TableLedger;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.Session;
import io.understudy.postgres.TableId;
import io.understudy.stream.Change;
import io.understudy.stream.Shape;
import io.understudy.stream.TransactionPart.Commit;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The table {@code understudy.set_aside}: changes that wait for their table. They are added in the transaction that
 * moves the checkpoint past them and removed in the one that writes their rows, so that each is in exactly one of the
 * three places: the source's log, here, the table.
 */
final class SetAside {

    private static final Duration LIMIT = Duration.ofMinutes(10);

    private static final String ADD = """
            insert into understudy.set_aside (mirror, schema_name, table_name, commit_lsn, committed_at, change_count, bytes, changes,
                   ordinals)
            select $1, x.schema, x.name, x.lsn::pg_lsn, x.at::timestamptz, x.count, x.bytes, x.changes, x.ordinals::int[]
              from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::bigint[], $8::text[], $9::text[])
                   with ordinality as x(schema, name, lsn, at, count, bytes, changes, ordinals, place)
             order by x.place
            """;
    private static final String COMPLETE =
            "update understudy.set_aside set commit_lsn = $2::text::pg_lsn, committed_at = $3::text::timestamptz"
                    + " where mirror = $1 and commit_lsn is null";
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
            select id, change_count, bytes, changes, ordinals, commit_lsn::text as commit,
                   coalesce(committed_at, now()) as committed_at
              from (select *, sum(bytes) over (order by id) - bytes as before
                      from (select id, change_count, bytes, changes, ordinals, commit_lsn, committed_at
                              from understudy.set_aside
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
    record Packet(TableId table, Optional<Commit> commit, int count, String text, List<Integer> ordinals) {

        static Packet of(
                TableId table, Optional<Commit> commit, Shape shape, List<Change> changes, List<Integer> ordinals) {
            return new Packet(table, commit, changes.size(), ChangeText.write(shape, changes), ordinals);
        }

        /** The literal of an array. */
        String ordinalsText() {
            return ordinals.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
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
                    .filter(part -> part.commit().lsn().isAfter(consistentPoint))
                    .toList();
            return new Waiting(later, lastId, count, bytes);
        }
    }

    /** @param ordinals of the changes in their transaction; empty when an older version set them aside */
    record Part(List<Change> changes, Commit commit, Integer[] ordinals) {
        int ordinal(int place) {
            return ordinals.length > place ? ordinals[place] : place + 1;
        }
    }

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
                        .map(packet -> packet.commit()
                                .map(commit -> commit.lsn().toString())
                                .orElse(null))
                        .toArray(String[]::new),
                packets.stream()
                        .map(packet -> packet.commit()
                                .map(commit -> commit.at().toString())
                                .orElse(null))
                        .toArray(String[]::new),
                packets.stream().map(Packet::count).toArray(Integer[]::new),
                packets.stream().map(Packet::bytes).toArray(Long[]::new),
                packets.stream().map(Packet::text).toArray(String[]::new),
                packets.stream().map(Packet::ordinalsText).toArray(String[]::new));
    }

    /** The transaction whose parts were set aside before its end was known has ended here. */
    Statement complete(Commit commit) {
        return statement(COMPLETE, mirror, commit.lsn().toString(), commit.at().toString());
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
            Integer[] ordinals = row.getArrayOfIntegers("ordinals");
            parts.add(new Part(
                    ChangeText.read(table, row.getString("changes"), shapes),
                    new Commit(
                            Lsn.parse(row.getString("commit")),
                            row.getOffsetDateTime("committed_at").toInstant()),
                    ordinals == null ? new Integer[0] : ordinals));
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
