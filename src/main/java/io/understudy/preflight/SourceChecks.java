package io.understudy.preflight;

import static io.understudy.preflight.Finding.blocking;
import static io.understudy.preflight.Finding.warning;

import io.understudy.postgres.Column;
import io.understudy.postgres.Publications;
import io.understudy.postgres.ReplicaIdentity;
import io.understudy.postgres.RowIdentity;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.Sql;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

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
                   pg_has_role(current_user, c.relowner, 'usage') as owns, row_security_active(c.oid) as hides_rows
              from unnest($1::text[], $2::text[]) as x(schema, name)
              join pg_namespace n on n.nspname = x.schema
              join pg_class c on c.relnamespace = n.oid and c.relname = x.name
            """;

    private final SourceDatabase source;
    private final List<Table> tables;
    private final Set<RowIdentity> followed;
    private final List<Finding> findings = new ArrayList<>();

    SourceChecks(SourceDatabase source, List<Table> tables, Set<RowIdentity> followed) {
        this.source = source;
        this.tables = tables;
        this.followed = followed;
    }

    List<Finding> findings() {
        Row server = source.client().query(SERVER, source.slotName()).iterator().next();
        checkServer(server);
        checkRole(server);
        for (Table table : tables) {
            int before = findings.size();
            checkIdentity(table, server.getInteger("version"));
            findings.subList(before, findings.size()).replaceAll(finding -> finding.about(table.id()));
        }
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
        }
        if (!unreadable.isEmpty()) {
            findings.add(blocking(
                            "The role " + role + " may not read " + Listed.tables(unreadable) + " at the source.",
                            "At the source run: grant select on " + TableId.sql(unreadable) + " to " + role + ".")
                    .about(unreadable));
        }
        if (!notOwned.isEmpty()) {
            findings.add(blocking(
                            "The role " + role + " does not own " + Listed.tables(notOwned)
                                    + " at the source; Postgres lets only the owner publish a table.",
                            "Connect as the owner, or at the source run: grant <owner> to " + role + "; or set "
                                    + Listed.excluding(notOwned) + ".")
                    .about(notOwned));
        }
        if (!hidden.isEmpty()) {
            findings.add(blocking(
                            "Row-level security hides rows of " + Listed.tables(hidden) + " from the role " + role
                                    + ".",
                            "At the source run: alter role " + role + " bypassrls; or set " + Listed.excluding(hidden)
                                    + ".")
                    .about(hidden));
        }
    }

    private void checkIdentity(Table table, int version) {
        if (table.kind() == Table.Kind.PARTITIONED) {
            findings.add(warning(
                    "The table " + table.id()
                            + " is partitioned. A partition that is truncated by itself leaves no trace in"
                            + " the log that reaches staging.",
                    "Delete its rows, or truncate the whole table; or copy it again afterwards: ./understudy resync "
                            + table.id()));
        }
        RowIdentity identity = table.rowIdentity();
        boolean keyIsGenerated = table.key().stream()
                .flatMap(name -> table.column(name).stream())
                .anyMatch(Column::generated);
        if (identity == RowIdentity.NONE) {
            findings.add(withoutIdentity(table));
        } else if (keyIsGenerated && version < Publications.GENERATED_COLUMNS_VERSION) {
            findings.add(blocking(
                    "The key of " + table.id() + " has a generated column, which Postgres " + version
                            + " does not log.",
                    "At the source run: alter table " + table.id().sql() + " replica identity using index <one without"
                            + " it>; or set understudy.tables.exclude=" + table.id() + "."));
        } else if (!followed.contains(identity)) {
            findings.add(blocking(
                    "The table " + table.id() + " is identified by "
                            + (identity == RowIdentity.INDEX ? "an index of its own choice" : "whole rows")
                            + ", which the capture with Debezium does not follow.",
                    "Set understudy.stream.capture=pgoutput, or understudy.tables.exclude=" + table.id() + "."));
        } else if (identity == RowIdentity.WHOLE_ROW) {
            findings.add(warning(
                    "The table " + table.id()
                            + " has no primary key: to find rows that were updated or deleted, staging's"
                            + " whole table is read once for each batch that has any.",
                    "Nothing if it is small. Otherwise at the source run: alter table "
                            + table.id().sql() + " add primary key (...)."));
        }
    }

    /** In a publication of updates such a table would make production's own updates fail. */
    private Finding withoutIdentity(Table table) {
        String sql = table.id().sql();
        String what;
        String remedy;
        if (table.replicaIdentity() == ReplicaIdentity.FULL
                && table.columns().stream().anyMatch(Column::virtual)) {
            what = " has replica identity full and a virtual generated column, which is in no log";
            remedy = "alter table " + sql + (table.primaryKey().isEmpty() ? " add primary key (...)," : "")
                    + " replica identity default";
        } else if (!table.primaryKey().isEmpty()) {
            what = " has replica identity " + table.replicaIdentity().name().toLowerCase()
                    + ": its old keys are not in the log";
            remedy = "alter table " + sql + " replica identity default";
        } else if (table.kind() == Table.Kind.PARTITIONED) {
            what = " is partitioned and has no primary key (or only a deferrable one), so that partitions to come would"
                    + " have none either";
            remedy = "alter table " + sql + " add primary key (...)";
        } else {
            what = " has no primary key (or only a deferrable one)";
            remedy = "alter table " + sql + " add primary key (...), or: alter table " + sql + " replica identity full";
        }
        if (followed.contains(RowIdentity.NONE)) {
            return warning(
                    "The table " + table.id() + what + ". Its updates and deletes at the source are not followed.",
                    "If they should be, at the source run: " + remedy + ". The table is then copied again by itself.");
        }
        return blocking(
                "The table " + table.id() + what + ", so that its updates and deletes cannot be followed.",
                "At the source run: " + remedy
                        + "; or set understudy.tables.without-key=inserts, which follows only its"
                        + " inserts and truncates (capture pgoutput), or understudy.tables.exclude=" + table.id()
                        + ".");
    }
}
