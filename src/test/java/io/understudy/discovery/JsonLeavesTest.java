package io.understudy.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonLeavesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'a': 1, 'b': {'c': 'x', 'd': null}, 'e': true}|a=1 b.c=x e=true",
                "{'a': [1, 2], 'b': 3}|a[]=1 a[]=2 b=3",
                "{'a': [{'b': 1}, {'b': [2, [3]]}, 4], 'c': 5}|a[].b=1 a[].b[]=2 a[].b[][]=3 a[]=4 c=5",
                "[{'a': 1}, 'x']|[].a=1 []=x",
                "{'a': {}, 'b': [], 'c': 1}|c=1",
                "7|=7",
                "{'a': 'x', 'b': 'cut o|a=x"
            })
    void leavesByTheirPaths(String document, String expected) {
        List<String> leaves = new ArrayList<>();
        JsonLeaves.walk(document.replace('\'', '"'), new JsonLeaves.Visitor() {
            @Override
            public void leaf(String path, String text, boolean choice) {
                leaves.add(path + "=" + text);
            }

            @Override
            public void name(String name) {
                // Looked at by another test.
            }
        });
        assertThat(String.join(" ", leaves)).isEqualTo(expected);
    }

    @Test
    void namesAreTold() {
        List<String> names = new ArrayList<>();
        JsonLeaves.walk("{\"a\": [{\"b\": 1}], \"c\": {}}", new JsonLeaves.Visitor() {
            @Override
            public void leaf(String path, String text, boolean choice) {
                // Looked at by another test.
            }

            @Override
            public void name(String name) {
                names.add(name);
            }
        });
        assertThat(names).containsExactly("a", "b", "c");
    }
}
