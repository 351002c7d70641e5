package io.understudy.snapshot;

import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.Session;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;

/** Prepares the target's tables for the copy, and their sequences for life after it. */
final class TargetTables {

    private static final Logger LOG = Logger.getLogger(TargetTables.class);

    /** Long: emptying waits for the locks of people who are looking at staging. */
    private static final Duration EMPTY_LIMIT = Duration.ofHours(1);

    private final TargetDatabase target;
    private final List<MirroredTable> tables;

    TargetTables(TargetDatabase target, List<MirroredTable> tables) {
        this.target = target;
        this.tables = tables;
    }

    /** All in one transaction: a target is either untouched or empty. */
    void empty() {
        List<Reference> references = references();
        Set<TableId> referencedFromOutside = referencedFromOutside(references);
        List<TableId> truncate = new ArrayList<>();
        List<TableId> delete = new ArrayList<>();
        for (MirroredTable table : tables) {
            (referencedFromOutside.contains(table.id()) ? delete : truncate).add(table.id());
        }
        // Truncate refuses a table that another refers to, whatever the session's role, unless both are named together.
        moveReferencing(references, truncate, delete);
        target.client().transaction(session -> {
            session.query(TargetDatabase.SILENT);
            for (TableId table : delete) {
                run(session, "delete from " + table.sql(), table.toString());
            }
            if (!truncate.isEmpty()) {
                run(session, "truncate " + TableId.sql(truncate), truncate.size() + " tables");
            }
            return null;
        });
    }

    private static void run(Session session, String sql, String what) {
        session.run(sql, EMPTY_LIMIT, "emptying " + what + " at the target");
    }

    /** Tables to which a table refers that is not mirrored: its rows stay, so truncate is not allowed. */
    private Set<TableId> referencedFromOutside(List<Reference> references) {
        Set<TableId> mirrored = new HashSet<>(tables.stream().map(MirroredTable::id).toList());
        Set<TableId> referenced = new HashSet<>();
        for (Reference reference : references) {
            if (mirrored.contains(reference.to()) && !mirrored.contains(reference.from())) {
                referenced.add(reference.to());
            }
        }
        return referenced;
    }

    /** A table that only a table to be deleted from refers to is deleted from as well, and so on up. */
    private static void moveReferencing(List<Reference> references, List<TableId> truncate, List<TableId> delete) {
        boolean moved = true;
        while (moved) {
            moved = false;
            for (Reference reference : references) {
                if (delete.contains(reference.from()) && truncate.remove(reference.to())) {
                    delete.add(reference.to());
                    moved = true;
                }
            }
        }
    }

    private record Reference(TableId from, TableId to) {}

    private List<Reference> references() {
        List<Reference> references = new ArrayList<>();
        for (Row row : target.client().query(
                """
                select fn.nspname as from_schema, f.relname as from_table, tn.nspname as to_schema, t.relname as to_table
                  from pg_constraint k
                  join pg_class f on f.oid = k.conrelid
                  join pg_namespace fn on fn.oid = f.relnamespace
                  join pg_class t on t.oid = k.confrelid
                  join pg_namespace tn on tn.oid = t.relnamespace
                 where k.contype = 'f'
                """)) {
            references.add(new Reference(
                    new TableId(row.getString("from_schema"), row.getString("from_table")),
                    new TableId(row.getString("to_schema"), row.getString("to_table"))));
        }
        return references;
    }

    /**
     * Sequences are not part of any snapshot: read now, they are at least as far as every copied row, so that the target's
     * {@code nextval} does not run into one.
     */
    void setSequences(SourceDatabase source) {
        List<String> schemas = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<Long> values = new ArrayList<>();
        List<Boolean> called = new ArrayList<>();
        for (Row row : source.client().query(
                """
                select schemaname, sequencename, coalesce(last_value, start_value) as value, last_value is not null as called
                  from pg_sequences
                 where schemaname = any($1)
                   and has_sequence_privilege(format('%I.%I', schemaname, sequencename), 'usage,select')
                """,
                (Object) tables.stream().map(table -> table.id().schema()).distinct().toArray(String[]::new))) {
            schemas.add(row.getString("schemaname"));
            names.add(row.getString("sequencename"));
            values.add(row.getLong("value"));
            called.add(row.getBoolean("called"));
        }
        int set = target.client()
                .query(
                        """
                        select setval(format('%I.%I', s.schemaname, s.sequencename)::regclass, x.value, x.called)
                          from unnest($1::text[], $2::text[], $3::bigint[], $4::boolean[]) as x(schema, name, value, called)
                          join pg_sequences s on s.schemaname = x.schema and s.sequencename = x.name
                        """,
                        schemas.toArray(String[]::new),
                        names.toArray(String[]::new),
                        values.toArray(Long[]::new),
                        called.toArray(Boolean[]::new))
                .size();
        LOG.infof("snapshot: sequences set=%d of %d at the source", set, schemas.size());
    }
}
