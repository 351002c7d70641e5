package io.understudy.mirror;

import io.understudy.postgres.TableId;
import io.understudy.postgres.TableSelection;
import io.understudy.preflight.Portion;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.Config;

/** Reads which rows and columns of the tables are mirrored. */
final class PortionReader {

    static final String FILTER_PREFIX = Setting.TABLES_FILTERS.key() + ".";

    private final Config config;
    private final List<String> problems;

    PortionReader(Config config, List<String> problems) {
        this.config = config;
        this.problems = problems;
    }

    Portion read() {
        value(Setting.TABLES_FILTERS)
                .ifPresent(all -> problems.add(Setting.TABLES_FILTERS.key()
                        + " is set; it takes one property for each table: " + FILTER_PREFIX
                        + "\"schema.table\"=condition."));
        List<String> columns = list(Setting.COLUMNS_EXCLUDE);
        columns.stream()
                .filter(pattern -> pattern.indexOf('.') < 0)
                .forEach(pattern -> problems.add(Setting.COLUMNS_EXCLUDE.key() + " has \"" + pattern
                        + "\"; a column is named with its table: schema.table.column."));
        return new Portion(filters(), list(Setting.TABLES_SCHEMA_ONLY), columns);
    }

    private Map<TableId, String> filters() {
        Map<TableId, String> filters = new TreeMap<>();
        new TreeSet<>(StreamSupport.stream(config.getPropertyNames().spliterator(), false)
                        .filter(name -> name.startsWith(FILTER_PREFIX))
                        .toList())
                .forEach(name -> read(name, filters));
        return filters;
    }

    private void read(String name, Map<TableId, String> filters) {
        // Raw: a condition may hold a ${.
        String condition = config.getConfigValue(name).getRawValue();
        String path = MaskingReader.unquoted(name.substring(FILTER_PREFIX.length()));
        if (path.isEmpty() || path.indexOf('*') >= 0) {
            problems.add(name + " names no table; it takes " + FILTER_PREFIX + "\"schema.table\"=condition.");
        } else if (condition == null || condition.isBlank()) {
            problems.add(name + " is empty; it takes a condition, such as tenant_id in (1, 2).");
        } else if (filters.put(TableSelection.meant(path), condition.strip()) != null) {
            problems.add(name + " is set twice, once without its schema.");
        }
    }

    private List<String> list(Setting setting) {
        return value(setting).stream()
                .flatMap(text -> Stream.of(text.split(",")))
                .map(String::strip)
                .filter(pattern -> !pattern.isEmpty())
                .toList();
    }

    private Optional<String> value(Setting setting) {
        return config.getOptionalValue(setting.key(), String.class)
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }
}
