package io.understudy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.Database;
import java.util.Map;
import java.util.TreeMap;

/** Of all tables, over whole rows: a speed that ends in other rows is no speed. */
record Digest(Map<String, String> tables) {

    static Digest of(Database database) {
        Map<String, String> tables = new TreeMap<>();
        for (String table : database.column(
                "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")) {
            tables.put(
                    table,
                    database.value(
                            "select count(*) || ' rows, digest ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) "
                                    + "from public." + table + " t"));
        }
        return new Digest(tables);
    }

    static void assertEqual(String peer, Digest source, Database target) {
        assertThat(of(target)).as("rows that %s left at the target", peer).isEqualTo(source);
    }
}
