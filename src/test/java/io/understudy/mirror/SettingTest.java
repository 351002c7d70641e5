package io.understudy.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettingTest {

    @Test
    void theReadmeHasThemAllInTheirOrder() throws IOException {
        List<String> rows = Files.readAllLines(Path.of("README.md")).stream()
                .filter(line -> line.startsWith("| `understudy."))
                // Links are for those who read it there.
                .map(SettingTest::withoutLinks)
                .toList();
        assertThat(rows)
                .containsExactlyElementsOf(Setting.ALL.stream()
                        .map(setting -> withoutLinks("| `" + setting.key() + "` | "
                                + (setting.fallback().isEmpty() ? "" : "`" + setting.fallback() + "` ") + "| "
                                + setting.meaning() + " |"))
                        .toList());
    }

    private static String withoutLinks(String line) {
        return line.replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1");
    }
}
