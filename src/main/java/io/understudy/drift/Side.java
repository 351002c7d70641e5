package io.understudy.drift;

import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.Session;
import io.understudy.postgres.Sql;
import io.understudy.postgres.TableId;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One database as it was at one moment. A part that could not be read is not compared, and is told.
 *
 * @param version the server's major version
 * @param roots of partitions
 * @param unread by part, why
 */
record Side(
        SideName name,
        int version,
        String user,
        Set<String> roles,
        Map<TableId, TableId> roots,
        Map<SchemaObject.Key, SchemaObject> objects,
        List<History> histories,
        Map<String, String> unread) {

    /** Parts of the catalog, each with the file that asks for it. */
    static final List<String> PARTS = List.of(
            "schemas",
            "extensions",
            "types",
            "sequences",
            "functions",
            "tables",
            "columns",
            "views",
            "constraints",
            "indexes",
            "triggers",
            "privileges",
            "policies",
            "publications");

    static final String HISTORIES = "histories";

    /** Definitions are read under a lock: what somebody holds for long is told, not waited for. */
    private static final String READING =
            "begin isolation level repeatable read read only; set local lock_timeout = '5s'";

    /** Ten thousand tables take seconds. */
    private static final Duration LIMIT = Duration.ofMinutes(5);

    /** All schemas that are not the system's. */
    static Set<String> schemas(PostgresClient database) {
        Set<String> schemas = new TreeSet<>();
        for (Row row : database.query(
                "select nspname::text as name from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'")) {
            schemas.add(row.getString("name"));
        }
        return schemas;
    }

    static Side read(SideName name, PostgresClient database, Collection<String> schemas) {
        return database.with(session -> session.transaction(READING, reading -> read(name, reading, schemas)));
    }

    private static Side read(SideName name, Session session, Collection<String> schemas) {
        session.query("select set_config('understudy.schemas', $1::text[]::text, true)", (Object)
                schemas.toArray(String[]::new));
        Row server = session.query("select current_setting('server_version_num')::int / 10000 as version,"
                        + " current_user::text as user_name, array(select rolname::text from pg_roles) as roles")
                .iterator()
                .next();
        Map<SchemaObject.Key, SchemaObject> objects = new LinkedHashMap<>();
        Map<String, String> unread = new LinkedHashMap<>();
        for (String part : PARTS) {
            attempt(session, unread, part, () -> {
                Map<SchemaObject.Key, SchemaObject> read = new LinkedHashMap<>();
                for (Row row : session.run(Sql.file(Side.class, part + ".sql"), LIMIT, "reading " + part)) {
                    SchemaObject object = object(row);
                    read.put(object.key(), object);
                }
                objects.putAll(read);
            });
        }
        List<History> histories = new ArrayList<>();
        attempt(session, unread, HISTORIES, () -> {
            for (History.Place place : History.find(session)) {
                attempt(session, unread, part(place), () -> histories.add(History.read(session, place)));
            }
        });
        return new Side(
                name,
                server.getInteger("version"),
                server.getString("user_name"),
                Set.of(server.getArrayOfStrings("roles")),
                roots(session),
                objects,
                histories,
                unread);
    }

    private static Map<TableId, TableId> roots(Session session) {
        Map<TableId, TableId> roots = new HashMap<>();
        for (Row row : session.query("""
                select n.nspname::text as schema, c.relname::text as name, rn.nspname::text as root_schema, r.relname::text as root
                  from pg_class c
                  join pg_namespace n on n.oid = c.relnamespace
                  join pg_class r on r.oid = pg_partition_root(c.oid)
                  join pg_namespace rn on rn.oid = r.relnamespace
                 where c.relispartition and c.relkind in ('r', 'p', 'f')
                """)) {
            roots.put(
                    new TableId(row.getString("schema"), row.getString("name")),
                    new TableId(row.getString("root_schema"), row.getString("root")));
        }
        return roots;
    }

    /** Goes on with the other parts when this one may not be read. A connection that was lost ends it all. */
    private static void attempt(Session session, Map<String, String> unread, String part, Runnable reading) {
        session.query("savepoint part");
        try {
            reading.run();
            session.query("release savepoint part");
        } catch (PostgresFailure failure) {
            if (failure.kind() == PostgresFailure.Kind.CONNECTION) {
                throw failure;
            }
            session.query("rollback to savepoint part");
            unread.put(part, failure.getMessage());
        }
    }

    private static SchemaObject object(Row row) {
        String[] texts = row.getArrayOfStrings("facets");
        Map<String, String> facets = new LinkedHashMap<>();
        for (int i = 0; i < texts.length; i += 2) {
            facets.put(texts[i], texts[i + 1]);
        }
        return new SchemaObject(
                new SchemaObject.Key(
                        Kind.of(row.getString("kind")),
                        row.getString("schema"),
                        row.getString("table_name"),
                        row.getString("name")),
                facets,
                Optional.ofNullable(row.getString("statement")),
                row.getString("proof"),
                row.getInteger("place"));
    }

    boolean hasRead(History.Place place) {
        return !unread.containsKey(HISTORIES) && !unread.containsKey(part(place));
    }

    private static String part(History.Place place) {
        return "history " + place.table();
    }

    Optional<History> history(History.Place place) {
        return histories.stream()
                .filter(history -> history.place().sameAs(place))
                .findFirst();
    }
}
