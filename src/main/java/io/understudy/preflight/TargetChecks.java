package io.understudy.preflight;

import static io.understudy.preflight.Finding.blocking;
import static io.understudy.preflight.Finding.warning;

import io.understudy.postgres.Catalog;
import io.understudy.postgres.Column;
import io.understudy.postgres.ForeignKey;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.Sql;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether staging has a place for every row of production, and stays silent when rows arrive. Asks only; changes
 * nothing.
 */
final class TargetChecks {

    private static final String SCHEMAS_NOT_USABLE = """
            select nspname as schema from pg_namespace
             where nspname = any($1::text[]) and not has_schema_privilege(oid, 'usage')
             order by 1
            """;
    private static final String PUBLICATIONS = """
            select distinct p.pubname as name
              from unnest($1::text[], $2::text[]) as x(schema, name)
              join pg_publication_tables t on t.schemaname = x.schema and t.tablename = x.name
              join pg_publication p on p.pubname = t.pubname and (p.pubupdate or p.pubdelete)
             order by 1
            """;
    private static final String GUARDED = """
            select x.schema, x.name
              from unnest($1::text[], $2::text[]) as x(schema, name)
              join pg_namespace n on n.nspname = x.schema
              join pg_class c on c.relnamespace = n.oid and c.relname = x.name
             where row_security_active(c.oid)
             order by 1, 2
            """;
    private static final String TABLES_NOT_WRITABLE = """
            select x.schema, x.name
              from unnest($1::text[], $2::text[]) as x(schema, name)
              join pg_namespace n on n.nspname = x.schema
              join pg_class c on c.relnamespace = n.oid and c.relname = x.name
             where not (has_table_privilege(c.oid, 'insert') and has_table_privilege(c.oid, 'update')
                   and has_table_privilege(c.oid, 'delete') and has_table_privilege(c.oid, 'truncate')
                   and has_table_privilege(c.oid, 'select'))
             order by 1, 2
            """;

    private final TargetDatabase target;
    private final Catalog sourceCatalog;
    private final Catalog targetCatalog;
    private final List<Table> tables;
    private final List<Finding> findings = new ArrayList<>();
    private final List<MirroredTable> mirrored = new ArrayList<>();

    TargetChecks(TargetDatabase target, Catalog sourceCatalog, Catalog targetCatalog, List<Table> tables) {
        this.target = target;
        this.sourceCatalog = sourceCatalog;
        this.targetCatalog = targetCatalog;
        this.tables = tables;
    }

    List<Finding> findings() {
        checkSilence();
        List<TableId> missing = new ArrayList<>();
        for (Table table : tables) {
            targetCatalog
                    .table(table.id())
                    .ifPresentOrElse(
                            there -> about(table.id(), () -> checkTable(table, there)), () -> missing.add(table.id()));
        }
        if (!missing.isEmpty()) {
            findings.add(blocking(
                            "At the target, " + Listed.tables(missing) + " " + (missing.size() == 1 ? "does" : "do")
                                    + " not exist.",
                            "Run your migrations there, or set " + Listed.excluding(missing) + ".")
                    .about(missing));
        }
        checkPrivileges();
        checkPublications();
        checkForeignKeys();
        return findings;
    }

    /** What {@code checks} finds is this table's own matter. */
    private void about(TableId table, Runnable checks) {
        int before = findings.size();
        checks.run();
        findings.subList(before, findings.size()).replaceAll(finding -> finding.about(table));
    }

    /** The tables that exist on both sides, whatever else was found. */
    List<MirroredTable> mirrored() {
        return mirrored;
    }

    private void checkSilence() {
        try {
            target.proveSilence();
        } catch (PostgresFailure failure) {
            if (failure.kind() != PostgresFailure.Kind.PRIVILEGE) {
                throw failure;
            }
            String role = Sql.name(target.url().user());
            findings.add(
                    blocking(
                            "The role " + role
                                    + " may not set session_replication_role at the target: triggers and foreign keys there "
                                    + "would fire for every mirrored row.",
                            "At the target run, as a superuser: grant set on parameter session_replication_role to "
                                    + role
                                    + " (Postgres 15 and newer; on 14 the role must be a superuser; on RDS grant rds_superuser)."));
        }
    }

    private void checkTable(Table source, Table there) {
        mirrored.add(new MirroredTable(source, there, source.key(), targetCatalog.referring(there.id())));
        if (there.kind() == Table.Kind.FOREIGN) {
            findings.add(blocking(
                    "The table " + there.id() + " is a foreign table at the target: its rows live in another server.",
                    "Make it an ordinary table there, or set understudy.tables.exclude=" + there.id() + "."));
        }
        for (Column column : source.columns()) {
            there.column(column.name()).ifPresent(counterpart -> checkColumn(source.id(), column, counterpart));
        }
        for (Column column : there.columns()) {
            checkOwnColumn(source, column);
        }
        checkKey(source, there);
        for (String trigger : there.firingTriggers()) {
            findings.add(blocking(
                    "The trigger " + trigger + " of " + there.id() + " at the target fires even for mirrored rows "
                            + "(enable always or enable replica).",
                    "At the target run: alter table " + there.id().sql() + " enable trigger " + Sql.name(trigger)
                            + ", which lets it fire for everybody else's rows only."));
        }
        for (String rule : there.firingRules()) {
            findings.add(blocking(
                    "The rule " + rule + " of " + there.id() + " at the target fires even for mirrored rows "
                            + "(enable always or enable replica).",
                    "At the target run: alter table " + there.id().sql() + " enable rule " + Sql.name(rule)
                            + ", which lets it fire for everybody else's rows only."));
        }
    }

    private void checkColumn(TableId table, Column column, Column counterpart) {
        String name = table + "." + column.name();
        if (column.generated() && !counterpart.generated()) {
            findings.add(blocking(
                    "The column " + name
                            + " is generated at the source and ordinary at the target, where it would stay empty.",
                    "Make it a generated column at the target, with the source's expression."));
        } else if (!column.generated() && counterpart.generated()) {
            findings.add(warning(
                    "The column " + name + " is generated at the target: it is computed there and not copied.",
                    "Nothing, if that is meant."));
        } else if (!column.type().equals(counterpart.type())) {
            findings.add(warning(
                    "The column " + name + " is " + column.type() + " at the source and " + counterpart.type()
                            + " at the target; a value that does not fit will stop the mirror.",
                    "At the target run: alter table " + table.sql() + " alter column " + Sql.name(column.name())
                            + " type " + column.type() + "."));
        }
    }

    private void checkOwnColumn(Table source, Column column) {
        boolean ours = source.column(column.name()).isPresent();
        if (!ours && column.notNull() && !column.hasDefault() && !column.generated()) {
            findings.add(blocking(
                    "The target's " + source.id() + " has a column " + column.name()
                            + " that the source's has not; it is not null and has no default, so that no row can be inserted.",
                    "At the target run: alter table " + source.id().sql() + " alter column " + Sql.name(column.name())
                            + " drop not null."));
        }
    }

    private void checkKey(Table source, Table there) {
        List<String> key = source.key();
        if (!key.isEmpty() && !there.uniqueKeys().contains(Set.copyOf(key))) {
            findings.add(warning(
                    "The target's " + there.id() + " has no unique index on the source's key (" + String.join(", ", key)
                            + "): changed rows are searched for and replaced, which is slow without any index.",
                    "If staging's table allows it, run there: create unique index on "
                            + there.id().sql() + " (" + Sql.names(key) + ")."));
        }
    }

    /** A schema dump of production brings its publications along, ours included. */
    private void checkPublications() {
        List<String> names = new ArrayList<>();
        for (Row row : target.client()
                .query(
                        PUBLICATIONS,
                        mirrored.stream().map(table -> table.id().schema()).toArray(String[]::new),
                        mirrored.stream().map(table -> table.id().name()).toArray(String[]::new))) {
            names.add(Sql.name(row.getString("name")));
        }
        if (!names.isEmpty()) {
            findings.add(warning(
                    "The target publishes mirrored tables itself (" + String.join(", ", names)
                            + "). Updates and deletes of those without a key will be refused there.",
                    "If nobody subscribes to them, at the target run: drop publication " + String.join(", ", names)
                            + "."));
        }
    }

    private void checkPrivileges() {
        String role = Sql.name(target.url().user());
        for (Row row : target.client().query(SCHEMAS_NOT_USABLE, (Object)
                mirrored.stream().map(table -> table.id().schema()).distinct().toArray(String[]::new))) {
            String schema = Sql.name(row.getString("schema"));
            String name = row.getString("schema");
            findings.add(blocking(
                            "The role " + role + " may not use the schema " + schema + " at the target.",
                            "At the target run: grant usage on schema " + schema + " to " + role + ".")
                    .about(mirrored.stream()
                            .map(MirroredTable::id)
                            .filter(table -> table.schema().equals(name))
                            .toList()));
        }
        if (!target.hasOurSchema() && !target.mayCreateOurSchema()) {
            findings.add(blocking(
                    "The role " + role + " may not create the schema \"understudy\" at the target.",
                    "At the target run: grant create on database "
                            + Sql.name(target.url().database()) + " to " + role + "."));
        }
        List<TableId> guarded =
                names(GUARDED, mirrored.stream().map(MirroredTable::id).toList());
        if (!guarded.isEmpty()) {
            findings.add(blocking(
                            "Row-level security of " + Listed.tables(guarded) + " at the target holds for the role "
                                    + role + ", which could then not write every row.",
                            "At the target run: alter role " + role + " bypassrls.")
                    .about(guarded));
        }
        List<TableId> readOnly = names(
                TABLES_NOT_WRITABLE, mirrored.stream().map(MirroredTable::id).toList());
        if (!readOnly.isEmpty()) {
            findings.add(blocking(
                            "The role " + role + " may not write " + Listed.tables(readOnly) + " at the target.",
                            "At the target run: grant select, insert, update, delete, truncate on "
                                    + TableId.sql(readOnly) + " to " + role + ".")
                    .about(readOnly));
        }
    }

    private List<TableId> names(String query, List<TableId> asked) {
        List<TableId> names = new ArrayList<>();
        for (Row row : target.client()
                .query(
                        query,
                        asked.stream().map(TableId::schema).toArray(String[]::new),
                        asked.stream().map(TableId::name).toArray(String[]::new))) {
            names.add(new TableId(row.getString("schema"), row.getString("name")));
        }
        return names;
    }

    /**
     * Those that the target has and the source has not are in {@link ConstraintChecks}.
     */
    private void checkForeignKeys() {
        Set<TableId> mirroredIds =
                new HashSet<>(mirrored.stream().map(MirroredTable::id).toList());
        for (ForeignKey key : sourceCatalog.foreignKeys()) {
            if (mirroredIds.contains(key.table()) && find(targetCatalog, key).isEmpty()) {
                findings.add(warning(
                        "The foreign key " + key.name() + " of " + key.table() + " exists only at the source.",
                        "Add it to the target by a migration."));
            }
        }
    }

    private static Optional<ForeignKey> find(Catalog catalog, ForeignKey like) {
        return catalog.foreignKeys().stream()
                .filter(key -> key.table().equals(like.table())
                        && key.columns().equals(like.columns())
                        && key.referenced().equals(like.referenced()))
                .findFirst();
    }
}
