package io.understudy.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.DatabasePair;
import io.understudy.postgres.Catalog;
import io.understudy.postgres.DatabaseUrl;
import io.understudy.postgres.Publications;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Two databases to compare, with everything of the source mirrored. */
final class DriftPair implements AutoCloseable {

    final DatabasePair databases = new DatabasePair();
    private Optional<Path> migrations = Optional.empty();
    private List<String> schemas = List.of();
    private boolean mirrors = true;

    DriftPair both(String... scripts) {
        databases.both(scripts);
        return this;
    }

    DriftPair source(String... scripts) {
        databases.source().run(scripts);
        return this;
    }

    DriftPair target(String... scripts) {
        databases.target().run(scripts);
        return this;
    }

    DriftPair migrations(Path folder) {
        migrations = Optional.of(folder);
        return this;
    }

    DriftPair schemas(String... names) {
        schemas = List.of(names);
        return this;
    }

    /** As when the settings leave all tables out. */
    DriftPair notMirrored() {
        mirrors = false;
        return this;
    }

    DriftReport report() {
        return report(databases.target().url());
    }

    DriftReport report(DatabaseUrl at) {
        try (SourceDatabase source = SourceDatabase.open(
                        databases.vertx(), databases.source().url(), databases.name());
                TargetDatabase target = TargetDatabase.open(databases.vertx(), at, databases.name())) {
            Set<TableId> mirrored =
                    mirrors ? Catalog.read(source.client()).tables().keySet() : Set.of();
            return Drift.compare(
                    source.client(),
                    target.client(),
                    new Drift.Request(mirrored, List.of(), Publications.names(databases.name()), schemas, migrations));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As lines {@code class kind name}. */
    List<String> found() {
        return lines(report());
    }

    static List<String> lines(DriftReport report) {
        assertThat(report.unchecked()).isEmpty();
        return report.differences().stream()
                .map(difference ->
                        difference.type().word() + " " + difference.kind().word() + " " + difference.name())
                .toList();
    }

    Difference only(String name) {
        return report().differences().stream()
                .filter(difference -> difference.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not among " + found()));
    }

    /** Twice: the second time it changes nothing, and nothing fails. */
    DriftPair repair() {
        List<String> statements = report().plan().statements();
        target(statements.toArray(String[]::new));
        List<String> afterwards = found();
        target(statements.toArray(String[]::new));
        assertThat(found()).isEqualTo(afterwards);
        return this;
    }

    @Override
    public void close() throws SQLException {
        databases.close();
    }
}
