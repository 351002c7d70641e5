package io.understudy.mirror;

import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.TableId;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;

/** The table {@code understudy.control}: what somebody asks of a mirror from any terminal that reaches the target. */
public final class ControlTable {

    record Request(long id, Command command, TableId table, String by) {
        boolean refreshesColumns() {
            return command == Command.REFRESH_COLUMNS;
        }
    }

    enum Command {
        RESYNC("resync"),
        REFRESH_COLUMNS("refresh columns");

        private final String word;

        Command(String word) {
            this.word = word;
        }

        static Command of(String word) {
            return word.equals(RESYNC.word) ? RESYNC : REFRESH_COLUMNS;
        }
    }

    private final PostgresClient target;
    private final String mirror;

    public ControlTable(PostgresClient target, String mirror) {
        this.target = target;
        this.mirror = mirror;
    }

    /** Asking twice asks once: a request is open only until it is seen. */
    public void askForResync(List<TableId> tables) {
        ask(Command.RESYNC, tables);
    }

    /**
     * That values of former rules are written anew; the request is open until none are left. Each is one of its own: what
     * an earlier one is about may be done at this moment, by the rules of before.
     */
    public void askForRefresh(List<TableId> tables) {
        ask(Command.REFRESH_COLUMNS, tables);
    }

    private void ask(Command command, List<TableId> tables) {
        target.query(
                """
                insert into understudy.control (mirror, command, schema_name, table_name)
                select $1, $4, x.schema, x.name
                  from unnest($2::text[], $3::text[]) as x(schema, name)
                 where $4 <> 'resync' or not exists (select from understudy.control c
                                    where c.mirror = $1 and c.command = $4 and c.taken_at is null
                                      and c.schema_name = x.schema and c.table_name = x.name)
                """,
                mirror,
                tables.stream().map(TableId::schema).toArray(String[]::new),
                tables.stream().map(TableId::name).toArray(String[]::new),
                command.word);
    }

    /** Tables whose columns are still to be refreshed. */
    public List<TableId> openRefreshes() {
        return open().stream()
                .filter(Request::refreshesColumns)
                .map(Request::table)
                .toList();
    }

    List<Request> open() {
        List<Request> requests = new ArrayList<>();
        for (Row row : target.query("""
                select id, command, schema_name, table_name, asked_by from understudy.control
                 where mirror = $1 and taken_at is null order by id
                """, mirror)) {
            requests.add(new Request(
                    row.getLong("id"),
                    Command.of(row.getString("command")),
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
