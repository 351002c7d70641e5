package io.understudy.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.drift.MigrationFolder.MigrationFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files as their tools name them. */
class MigrationFolderTest {

    @TempDir
    private Path folder;

    private static String key(Tool tool, String name) {
        return new MigrationFile(name, "select 1").key(tool).orElse("none");
    }

    @Test
    void knowsHowToolsNameTheirFiles() {
        assertThat(key(Tool.FLYWAY, "V1_2__add_orders.sql")).isEqualTo("1.2");
        assertThat(key(Tool.FLYWAY, "sub/V20240101.1__a.sql")).isEqualTo("20240101.1");
        assertThat(key(Tool.FLYWAY, "R__views.sql")).isEqualTo("R__views.sql");
        assertThat(key(Tool.FLYWAY, "0001_a.sql")).isEqualTo("none");
        assertThat(key(Tool.GOLANG_MIGRATE, "000012_a.up.sql")).isEqualTo("12");
        assertThat(key(Tool.SQLX, "20240101120000_a.sql")).isEqualTo("20240101120000");
        assertThat(key(Tool.SUPABASE, "20250413093000_orgs.sql")).isEqualTo("20250413093000");
        assertThat(key(Tool.RAILS, "20250413093000_orgs.sql")).isEqualTo("20250413093000");
        assertThat(key(Tool.PRISMA, "20240101_init/migration.sql")).isEqualTo("20240101_init");
        assertThat(key(Tool.PRISMA, "0001_a.sql")).isEqualTo("none");
        assertThat(key(Tool.DRIZZLE, "0000_a.sql"))
                .isEqualTo("822ae07d4783158bc1912bb623e5107cc9002d519e1143a9c200ed6ee18b6d0f");
        assertThat(key(Tool.KNEX, "20240101_a.sql")).isEqualTo("none");
    }

    @Test
    void readsForwardsAndInOrder() throws IOException {
        Files.writeString(folder.resolve("V10__c.sql"), "c");
        Files.writeString(folder.resolve("V2__b.sql"), "b\n-- migrate:down\nno");
        Files.writeString(folder.resolve("1_a.up.sql"), "a");
        Files.writeString(folder.resolve("1_a.down.sql"), "no");
        Files.writeString(folder.resolve("U2__b.sql"), "no");
        Files.writeString(folder.resolve("notes.md"), "no");
        assertThat(MigrationFolder.read(folder).files())
                .extracting(MigrationFile::sql)
                .containsExactly("a", "b\n", "c");
    }
}
