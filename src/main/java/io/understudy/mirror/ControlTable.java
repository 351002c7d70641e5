package io.understudy.mirror;

import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.TableId;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;

/** The table {@code understudy.control}: what somebody asks of a mirror from any terminal that reaches the target. */
public final class ControlTable {

    record Request(long id, TableId table, String by) {}

    private final PostgresClient target;
    private final String mirror;

    public ControlTable(PostgresClient target, String mirror) {
        this.target = target;
        this.mirror = mirror;
    }

    /** Asking twice asks once. */
    public void askForResync(List<TableId> tables) {
        target.query(
                """
                insert into understudy.control (mirror, command, schema_name, table_name)
                select $1, 'resync', x.schema, x.name
                  from unnest($2::text[], $3::text[]) as x(schema, name)
                 where not exists (select from understudy.control c
                                    where c.mirror = $1 and c.command = 'resync' and c.taken_at is null
                                      and c.schema_name = x.schema and c.table_name = x.name)
                """,
                mirror,
                tables.stream().map(TableId::schema).toArray(String[]::new),
                tables.stream().map(TableId::name).toArray(String[]::new));
    }

    List<Request> open() {
        List<Request> requests = new ArrayList<>();
        for (Row row : target.query("""
                select id, schema_name, table_name, asked_by from understudy.control
                 where mirror = $1 and taken_at is null order by id
                """, mirror)) {
            requests.add(new Request(
                    row.getLong("id"),
                    new TableId(row.getString("schema_name"), row.getString("table_name")),
                    row.getString("asked_by")));
        }
        return requests;
    }

    void close(Request request, String outcome) {
        target.query(
                "update understudy.control set taken_at = now(), outcome = $2 where id = $1", request.id(), outcome);
    }
}
