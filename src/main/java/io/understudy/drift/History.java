package io.understudy.drift;

import io.understudy.postgres.Session;
import io.understudy.postgres.Sql;
import io.understudy.postgres.TableId;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The migration history of one tool at one side. Versions and names are no personal data. */
record History(Place place, Map<String, Entry> entries) {

    private static final Duration LIMIT = Duration.ofMinutes(1);

    /** @param columns of the table as it is, which may have fewer than the tool's newest version makes */
    record Place(Tool tool, TableId table, List<String> columns) {

        boolean sameAs(Place other) {
            return tool.equals(other.tool) && table.equals(other.table);
        }
    }

    /** @param row those columns that the entry is made of at the other side, as a JSON object */
    record Entry(String key, String label, String state, Optional<String> statements, String row) {

        boolean isRecorded() {
            return !state.equals("rolled back");
        }

        boolean isBroken() {
            return state.equals("failed") || state.equals("unfinished");
        }
    }

    static List<Place> find(Session session) {
        List<Place> places = new ArrayList<>();
        for (Row row :
                session.run(Sql.file(History.class, "histories.sql"), LIMIT, "looking for migration histories")) {
            TableId table = new TableId(row.getString("schema"), row.getString("name"));
            List<String> columns = List.of(row.getArrayOfStrings("columns"));
            tool(columns, List.of(row.getArrayOfStrings("types")))
                    .ifPresent(tool -> places.add(new Place(tool, table, columns)));
        }
        return places;
    }

    private static Optional<Tool> tool(List<String> columns, List<String> types) {
        Set<String> names = new HashSet<>(columns);
        return Tool.ALL.stream()
                .filter(tool -> names.containsAll(tool.columns()))
                // Others keep numbers in a table of this name, and times beside them.
                .filter(tool ->
                        tool != Tool.RAILS || (types.size() == 1 && types.get(0).startsWith("character varying")))
                .filter(tool -> tool != Tool.GOLANG_MIGRATE || types.contains("bigint"))
                .findFirst();
    }

    static History read(Session session, Place place) {
        Tool tool = place.tool();
        String copied = tool.copied().stream().map(Sql::literal).collect(Collectors.joining(", "));
        String sql = "select (%s)::text as key, (%s)::text as label, %s as state, %s as statements, "
                        .formatted(tool.key(), tool.label(), tool.state(), tool.statements())
                + ("(select jsonb_object_agg(x.key, x.value) from jsonb_each(to_jsonb(h)) x where x.key = any (array[%s]))::text"
                                + " as line from %s h where (%s) is not null order by %s")
                        .formatted(copied, place.table().sql(), tool.key(), tool.order());
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (Row row : session.run(sql, LIMIT, "reading the migration history " + place.table())) {
            Entry entry = new Entry(
                    row.getString("key"),
                    row.getString("label"),
                    row.getString("state"),
                    Optional.ofNullable(row.getString("statements")),
                    row.getString("line"));
            // Whoever tries again leaves both: what was rolled back, and what was applied then.
            entries.merge(entry.key(), entry, (earlier, later) -> later.isRecorded() ? later : earlier);
        }
        return new History(place, entries);
    }

    boolean has(String key) {
        return Optional.ofNullable(entries.get(key)).filter(Entry::isRecorded).isPresent();
    }

    String title() {
        return place.tool().name() + " history " + place.table();
    }
}
