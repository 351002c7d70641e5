package io.understudy.masking;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CopyTextTest {

    @Test
    void everyAsciiLetterComesBack() {
        for (char letter = 1; letter < 0x80; letter++) {
            assertComesBack("a" + letter + "b");
            assertComesBack("" + letter);
            assertComesBack("ä" + letter + "ß");
            assertComesBack("\\" + letter);
        }
    }

    @Test
    void generatedTextsComeBack() {
        Random random = new Random(1);
        for (int i = 0; i < 5_000; i++) {
            assertComesBack(Texts.any(random, 30));
        }
    }

    @Test
    void readsWhatOnlyOthersWrite() {
        assertThat(unescape("\\101\\x42\\x4g\\0607\\q\\.")).isEqualTo("AB\u0004g07q.");
        assertThat(unescape("\\303\\244")).isEqualTo("ä");
    }

    @Test
    void nullIsNotTheTextThatLooksLikeIt() {
        assertThat(CopyText.isNull(CopyText.NULL, 0, 2)).isTrue();
        assertThat(escape("\\N")).isEqualTo("\\\\N");
        assertThat(unescape("\\\\N")).isEqualTo("\\N");
    }

    private static void assertComesBack(String text) {
        String escaped = escape(text);
        assertThat(escaped).doesNotContain("\t", "\n", "\r");
        assertThat(unescape(escaped)).isEqualTo(text);
    }

    private static String escape(String text) {
        byte[] value = text.getBytes(StandardCharsets.UTF_8);
        byte[] line = new byte[CopyText.size(value)];
        CopyText.escape(value, line.length, line, 0);
        return new String(line, StandardCharsets.UTF_8);
    }

    private static String unescape(String field) {
        byte[] bytes = ("x\t" + field + "\n").getBytes(StandardCharsets.UTF_8);
        return CopyText.unescape(bytes, 2, bytes.length - 1);
    }
}
