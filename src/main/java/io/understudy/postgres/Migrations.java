package io.understudy.postgres;

import java.io.Reader;
import java.io.StringReader;
import java.util.Collection;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.flywaydb.core.api.resource.LoadableResource;

/**
 * The versions of our own schema. They are listed here and not found by scanning, which a native executable cannot do.
 */
final class Migrations implements ResourceProvider {

    private static final String FOLDER = "/db/understudy/";
    private static final List<String> FILES = List.of(
            "V1__mirror.sql",
            "V2__table_states.sql",
            "V3__quarantine.sql",
            "V4__masking.sql",
            "V5__outbound.sql",
            "V6__orphans.sql",
            "V7__reconcile.sql");

    /** Safe to call from several processes at once: Flyway takes a lock. */
    static void apply(DataSource target) {
        try {
            Flyway.configure(Migrations.class.getClassLoader())
                    .dataSource(target)
                    .schemas("understudy")
                    .defaultSchema("understudy")
                    .table("schema_version")
                    .resourceProvider(new Migrations())
                    .javaMigrationClassProvider(List::of)
                    .load()
                    .migrate();
        } catch (FlywayValidateException e) {
            throw new IllegalStateException(
                    "The schema \"understudy\" of the target was made by a newer or a changed version of Understudy. "
                            + "Run that version, or remove the schema (drop schema understudy cascade) and adopt again.",
                    e);
        } catch (RuntimeException e) {
            throw PostgresFailure.of(e, "bringing the schema \"understudy\" of the target up to date");
        }
    }

    @Override
    public LoadableResource getResource(String name) {
        return FILES.contains(name) ? new File(name) : null;
    }

    @Override
    public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
        return FILES.stream()
                .filter(name -> name.startsWith(prefix))
                .filter(name -> List.of(suffixes).stream().anyMatch(name::endsWith))
                .<LoadableResource>map(File::new)
                .toList();
    }

    private static final class File extends LoadableResource {

        private final String name;

        File(String name) {
            this.name = name;
        }

        @Override
        public Reader read() {
            return new StringReader(Sql.file(Migrations.class, FOLDER + name));
        }

        @Override
        public String getAbsolutePath() {
            return FOLDER + name;
        }

        @Override
        public String getAbsolutePathOnDisk() {
            return FOLDER + name;
        }

        @Override
        public String getFilename() {
            return name;
        }

        @Override
        public String getRelativePath() {
            return name;
        }
    }
}
