package io.understudy.scenario.theOperatorKnows;

import io.understudy.Database;
import io.understudy.DatabasePair;
import io.understudy.UnderstudyProcess;
import java.util.HashMap;
import java.util.Map;

/** Two tables, two destinations, and deliveries as a worker would have left them. */
final class QueueRows {

    static final String TOKEN = "0123456789abcdef";

    private final DatabasePair pair;

    QueueRows(DatabasePair pair) {
        this.pair = pair;
    }

    static DatabasePair pair() {
        return new DatabasePair()
                .both(
                        "create table listing (id int primary key, city text, price int,"
                                + " total int generated always as (price * 2) stored, scan bytea)",
                        "create table \"Odd Name\" (id int primary key, \"a,b\" int)",
                        "create table log (line text)",
                        "create table empty (id int primary key)",
                        "create unlogged table scratch (id int)")
                .adopt();
    }

    /** What is said of settings, and a receiver that nobody listens at. */
    Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>();
        environment.put("UNDERSTUDY_NAME", pair.name());
        environment.put(
                "UNDERSTUDY_SOURCE_URL", UnderstudyProcess.url(pair.source().url()));
        environment.put(
                "UNDERSTUDY_TARGET_URL", UnderstudyProcess.url(pair.target().url()));
        environment.put("UNDERSTUDY_TABLES_SCHEMA_ONLY", "public.empty");
        environment.put("UNDERSTUDY_TABLES_WITHOUT_KEY", "inserts");
        environment.put("UNDERSTUDY_COLUMNS_EXCLUDE", "public.listing.scan");
        environment.put("UNDERSTUDY_OUTBOUND_DESTINATIONS_CRM_URL", "http://127.0.0.1:9/hook");
        environment.put(
                "UNDERSTUDY_OUTBOUND_DESTINATIONS_CRM_SECRET", "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
        environment.put("UNDERSTUDY_OUTBOUND_ALLOWED_HOSTS", "127.0.0.1");
        return environment;
    }

    QueueRows config(String table, String destination) {
        database()
                .run("insert into understudy.sync_config (mirror, schema_name, table_name, destination) values ('"
                        + pair.name() + "', 'public', '" + table + "', '" + destination + "')");
        return this;
    }

    /** {@code many} deliveries; the position of each is its number, and so is its record. */
    QueueRows deliveries(String table, String destination, String status, int from, int many) {
        boolean finished = status.equals("completed") || status.equals("discarded");
        database()
                .run(
                        "insert into understudy.sync_queue (mirror, schema_name, table_name, destination, record_id, operation,"
                                + " payload, idempotency_key, ordering_key, status, attempt, max_attempts, last_error, commit_lsn,"
                                + " ordinal, finished_at, next_attempt_at)"
                                + " select '" + pair.name() + "', 'public', '" + table + "', '" + destination
                                + "', i::text,"
                                + " 'update', jsonb_build_object('operation', 'update', 'row', jsonb_build_object('id', i,"
                                + " 'price', 12345678901234567890.10)), 'key-" + table + "-" + destination
                                + "-' || i, i::text,"
                                + " '" + status + "', " + (status.equals("pending") ? 0 : 20) + ", 20, "
                                + (status.equals("discarded") || status.equals("retrying")
                                        ? "'the receiver said 500'"
                                        : "null")
                                + ", ('0/' || to_hex(i))::pg_lsn, 1, " + (finished ? "now()" : "null")
                                + ", now() + interval '1 h'"
                                + " from generate_series(" + from + ", " + (from + many - 1) + ") i");
        return this;
    }

    /** Two deliveries that nobody has put into the queue yet; nothing can be made of them. */
    QueueRows packet(String table, String destination) {
        database()
                .run(
                        "insert into understudy.sync_packet (mirror, schema_names, table_names, destinations, counts, commit_lsns,"
                                + " commit_times, configs, commits, ordinals, operations, record_ids, ordering_keys, also_after, problems,"
                                + " payloads) values ('" + pair.name() + "', '{public}', '{" + table + "}', '{"
                                + destination
                                + "}', '{2}', '{0/1}', '{2026-01-01}', '{1,1}', '{1,1}', '{1,2}', '{insert,insert}', '{1,2}', '{1,2}',"
                                + " '{NULL,NULL}', '{NULL,NULL}', '{x,x}')");
        return this;
    }

    long count(String condition) {
        return database().count("select count(*) from understudy.sync_queue where " + condition);
    }

    long id(String condition) {
        return database().count("select min(id) from understudy.sync_queue where " + condition);
    }

    Database database() {
        return pair.target();
    }
}
