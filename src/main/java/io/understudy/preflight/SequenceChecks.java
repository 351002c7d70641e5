package io.understudy.preflight;

import static io.understudy.preflight.Finding.blocking;
import static io.understudy.preflight.Finding.warning;

import io.understudy.postgres.Catalog;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.Sequence;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.Sql;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether the sequences that the mirror keeps level can be read at the source and set at the target. */
final class SequenceChecks {

    private static final String WITHOUT_PRIVILEGE = """
            select x.schema, x.name
              from unnest($1::text[], $2::text[]) as x(schema, name)
              join pg_namespace n on n.nspname = x.schema
              join pg_class c on c.relnamespace = n.oid and c.relname = x.name
             where c.relkind = 'S'
               and not %s
             order by 1, 2
            """;
    private static final String NOT_READABLE = WITHOUT_PRIVILEGE.formatted(
            "case when c.relkind = 'S' then has_schema_privilege(n.oid, 'usage') and has_sequence_privilege(c.oid, 'select') end");
    private static final String NOT_WRITABLE = WITHOUT_PRIVILEGE.formatted(
            "case when c.relkind = 'S' then has_sequence_privilege(c.oid, 'update') and has_sequence_privilege(c.oid, 'usage') end");

    private final SourceDatabase source;
    private final TargetDatabase target;
    private final Catalog targetCatalog;
    private final List<TableId> sequences;

    SequenceChecks(
            SourceDatabase source,
            TargetDatabase target,
            Catalog sourceCatalog,
            Catalog targetCatalog,
            List<MirroredTable> mirrored) {
        this.source = source;
        this.target = target;
        this.targetCatalog = targetCatalog;
        this.sequences = Sequence.ofMirror(
                sourceCatalog.sequences(),
                mirrored.stream().map(MirroredTable::id).toList());
    }

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        Set<TableId> there =
                targetCatalog.sequences().stream().map(Sequence::id).collect(Collectors.toSet());
        List<TableId> missing =
                sequences.stream().filter(sequence -> !there.contains(sequence)).toList();
        if (!missing.isEmpty()) {
            findings.add(warning(
                    sentence(missing) + (missing.size() == 1 ? " exists" : " exist") + " only at the source.",
                    "Add " + (missing.size() == 1 ? "it" : "them") + " to the target by a migration, if staging should "
                            + "have " + (missing.size() == 1 ? "it" : "them") + "."));
        }
        List<TableId> unread = names(source.client(), NOT_READABLE);
        if (!unread.isEmpty()) {
            String role = Sql.name(source.url().user());
            findings.add(warning(
                    "The role " + role + " may not read " + Listed.sequences(unread)
                            + " at the source: staging's will follow the rows that arrive, and nothing else.",
                    "At the source run: grant select on sequence " + TableId.sql(unread) + " to " + role
                            + " (and usage on the schema, if it lacks that)."));
        }
        List<TableId> unset = names(target.client(), NOT_WRITABLE);
        if (!unset.isEmpty()) {
            String role = Sql.name(target.url().user());
            findings.add(blocking(
                    "The role " + role + " may not set " + Listed.sequences(unset) + " at the target.",
                    "At the target run: grant usage, update on sequence " + TableId.sql(unset) + " to " + role + "."));
        }
        return findings;
    }

    private static String sentence(List<TableId> sequences) {
        String listed = Listed.sequences(sequences);
        return Character.toUpperCase(listed.charAt(0)) + listed.substring(1);
    }

    private List<TableId> names(PostgresClient database, String query) {
        List<TableId> names = new ArrayList<>();
        for (Row row : database.query(
                query,
                sequences.stream().map(TableId::schema).toArray(String[]::new),
                sequences.stream().map(TableId::name).toArray(String[]::new))) {
            names.add(new TableId(row.getString("schema"), row.getString("name")));
        }
        return names;
    }
}
