package io.understudy.preflight;

import static io.understudy.preflight.Finding.blocking;
import static io.understudy.preflight.Finding.warning;

import io.understudy.postgres.ReplicaIdentity;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.Sql;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;

/** Whether production can be read and streamed from. Asks only; changes nothing. */
final class SourceChecks {

    private static final int OLDEST_VERSION = 14;

    private static final String SERVER = """
            select current_setting('server_version_num')::int / 10000 as version,
                   current_setting('wal_level') as wal_level,
                   pg_is_in_recovery() as standby,
                   current_setting('max_replication_slots')::int
                     - (select count(*) from pg_replication_slots)::int as free_slots,
                   current_setting('max_wal_senders')::int - (select count(*) from pg_stat_replication)::int as free_senders,
                   exists (select from pg_replication_slots where slot_name = $1) as has_slot,
                   current_user::text as role,
                   (select r.rolsuper or r.rolreplication from pg_roles r where r.rolname = current_user)
                     or exists (select from pg_roles m where m.rolname in ('rds_replication', 'cloudsqlsuperuser')
                                   and pg_has_role(current_user, m.oid, 'member')) as may_replicate,
                   has_database_privilege(current_database(), 'create') as may_publish,
                   current_database()::text as database
            """;
    private static final String TABLES = """
            select x.schema, x.name, has_table_privilege(c.oid, 'select') as may_read,
                   pg_has_role(current_user, c.relowner, 'usage') as owns, row_security_active(c.oid) as hides_rows,
                   exists (select from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
                            where i.indrelid = c.oid and i.indisprimary and a.attgenerated <> '') as generated_key,
                   current_setting('server_version_num')::int >= 180000
                     and exists (select from pg_attribute a
                                  where a.attrelid = c.oid and a.attgenerated <> '' and not a.attisdropped)
                     and (c.relreplident = 'f' or exists (
                          select from pg_partition_tree(c.oid) p join pg_class l on l.oid = p.relid
                           where l.relreplident = 'f')) as generated_identity
              from unnest($1::text[], $2::text[]) as x(schema, name)
              join pg_namespace n on n.nspname = x.schema
              join pg_class c on c.relnamespace = n.oid and c.relname = x.name
            """;

    private final SourceDatabase source;
    private final List<Table> tables;
    private final List<Finding> findings = new ArrayList<>();

    SourceChecks(SourceDatabase source, List<Table> tables) {
        this.source = source;
        this.tables = tables;
    }

    List<Finding> findings() {
        Row server = source.client().query(SERVER, source.slotName()).iterator().next();
        checkServer(server);
        checkRole(server);
        tables.forEach(this::checkIdentity);
        return findings;
    }

    private void checkServer(Row server) {
        if (server.getInteger("version") < OLDEST_VERSION) {
            findings.add(blocking(
                    "The source is Postgres " + server.getInteger("version") + ".", "Use Postgres 14 or newer."));
        }
        if (server.getBoolean("standby")) {
            findings.add(blocking(
                    "The source is a read replica, on which no publication can be made.",
                    "Give the URL of its primary in understudy.source.url."));
        }
        if (!server.getString("wal_level").equals("logical")) {
            findings.add(
                    blocking(
                            "The source writes its log with wal_level = " + server.getString("wal_level") + ".",
                            "At the source run: alter system set wal_level = logical; then restart it "
                                    + "(on RDS set rds.logical_replication = 1, on Cloud SQL cloudsql.logical_decoding = on)."));
        }
        boolean hasSlot = server.getBoolean("has_slot");
        if (!hasSlot && server.getInteger("free_slots") < 1) {
            findings.add(blocking(
                    "The source has no replication slot free.",
                    "Raise max_replication_slots and restart it, or drop a slot nobody reads: "
                            + "select slot_name, active from pg_replication_slots."));
        }
        if (!hasSlot && server.getInteger("free_senders") < 1) {
            findings.add(blocking("The source has no WAL sender free.", "Raise max_wal_senders and restart it."));
        }
    }

    private void checkRole(Row server) {
        String role = Sql.name(server.getString("role"));
        if (!server.getBoolean("may_replicate")) {
            findings.add(blocking(
                    "The role " + role + " may not replicate from the source.",
                    "At the source run: alter role " + role + " replication (on RDS: grant rds_replication to " + role
                            + ")."));
        }
        if (!server.getBoolean("may_publish")) {
            findings.add(blocking(
                    "The role " + role + " may not create a publication at the source.",
                    "At the source run: grant create on database " + Sql.name(server.getString("database")) + " to "
                            + role + "."));
        }
        List<TableId> unreadable = new ArrayList<>();
        List<TableId> notOwned = new ArrayList<>();
        List<TableId> hidden = new ArrayList<>();
        List<TableId> generatedKeys = new ArrayList<>();
        List<TableId> generatedIdentities = new ArrayList<>();
        for (Row row : source.client()
                .query(
                        TABLES,
                        tables.stream().map(table -> table.id().schema()).toArray(String[]::new),
                        tables.stream().map(table -> table.id().name()).toArray(String[]::new))) {
            TableId table = new TableId(row.getString("schema"), row.getString("name"));
            if (!row.getBoolean("may_read")) {
                unreadable.add(table);
            }
            if (!row.getBoolean("owns")) {
                notOwned.add(table);
            }
            if (row.getBoolean("hides_rows")) {
                hidden.add(table);
            }
            if (row.getBoolean("generated_key")) {
                generatedKeys.add(table);
            } else if (row.getBoolean("generated_identity")) {
                generatedIdentities.add(table);
            }
        }
        if (!unreadable.isEmpty()) {
            findings.add(blocking(
                    "The role " + role + " may not read " + Listed.tables(unreadable) + " at the source.",
                    "At the source run: grant select on " + TableId.sql(unreadable) + " to " + role + "."));
        }
        if (!notOwned.isEmpty()) {
            findings.add(blocking(
                    "The role " + role + " does not own " + Listed.tables(notOwned)
                            + " at the source; Postgres lets only the owner publish a table.",
                    "Connect as the owner, or at the source run: grant <owner> to " + role + "; or set "
                            + Listed.excluding(notOwned) + "."));
        }
        if (!hidden.isEmpty()) {
            findings.add(blocking(
                    "Row-level security hides rows of " + Listed.tables(hidden) + " from the role " + role + ".",
                    "At the source run: alter role " + role + " bypassrls; or set " + Listed.excluding(hidden) + "."));
        }
        checkGenerated(generatedKeys, generatedIdentities);
    }

    /**
     * Generated columns are not published, and from 18 on Postgres refuses updates and deletes of a published table whose
     * replica identity has one: production's own, from the moment of the publication on.
     */
    private void checkGenerated(List<TableId> keys, List<TableId> identities) {
        if (!keys.isEmpty()) {
            findings.add(blocking(
                    "The primary key of " + Listed.tables(keys) + " has a generated column, which is not in the log.",
                    "Set " + Listed.excluding(keys) + "."));
        }
        if (!identities.isEmpty()) {
            findings.add(blocking(
                    "Once published, " + Listed.tables(identities)
                            + " could not be updated at the source any more: with "
                            + "replica identity full and a generated column, Postgres 18 refuses it.",
                    "At the source run for each (and for its partitions): alter table ... replica identity default; or set "
                            + Listed.excluding(identities) + "."));
        }
    }

    private void checkIdentity(Table table) {
        if (table.kind() == Table.Kind.PARTITIONED) {
            findings.add(warning(
                    "The table " + table.id()
                            + " is partitioned. Rows that come or go with a whole partition (attached, "
                            + "detached, dropped, truncated by itself) are not in the log as changes and are not followed.",
                    "Delete and insert rows, or copy again after such a step: ./understudy run --snapshot"));
        }
        if (table.primaryKey().isEmpty()) {
            findings.add(blocking(
                    "The table " + table.id()
                            + " has no primary key (or only a deferrable one), so that its updates and deletes "
                            + "cannot be followed.",
                    "At the source run: alter table " + table.id().sql() + " add primary key (...); or set "
                            + "understudy.tables.exclude=" + table.id() + "."));
        } else if (table.replicaIdentity() == ReplicaIdentity.NOTHING
                || table.replicaIdentity() == ReplicaIdentity.INDEX) {
            findings.add(blocking(
                    "The table " + table.id() + " has replica identity "
                            + table.replicaIdentity().name().toLowerCase() + ": its old keys are not in the log.",
                    "At the source run: alter table " + table.id().sql() + " replica identity default; or set "
                            + "understudy.tables.exclude=" + table.id() + "."));
        }
    }
}
