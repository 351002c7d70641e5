package io.understudy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The native image is built where this build is not. What can go wrong with its lists of names is found out here. */
class NativeImageTest {

    @Test
    void everyRegisteredClassExists() {
        assertThat(registered())
                .allSatisfy(name -> assertThatCode(() -> load(name))
                        .as("registered for the native image, but not on the class path: %s", name)
                        .doesNotThrowAnyException());
    }

    @Test
    void everyProviderInAnIncludedServiceFileIsRegistered() throws IOException {
        List<String> providers = new ArrayList<>();
        for (String file : includedServiceFiles()) {
            for (URL url : Collections.list(getClass().getClassLoader().getResources(file))) {
                providers.addAll(lines(url));
            }
        }
        assertThat(providers).isNotEmpty();
        assertThat(registered())
                .as("a service file is read to its end: one name that is not in the image fails them all")
                .containsAll(providers);
    }

    @Test
    void listsOfValuesAreInTheImage() throws IOException {
        assertThat(included()).contains("en/*.yml", "*.yml");
        assertThat(List.of("/en/name.yml", "/de.yml"))
                .allSatisfy(list -> assertThat(getClass().getResource(list))
                        .as("a list that masks choose from: %s", list)
                        .isNotNull());
    }

    private static Set<String> registered() {
        return Stream.of(NativeImage.FoundByName.class, NativeImage.SearchedForMethods.class)
                .flatMap(type -> Stream.of(
                        type.getAnnotation(RegisterForReflection.class).classNames()))
                .collect(Collectors.toSet());
    }

    private static Class<?> load(String name) throws ClassNotFoundException {
        return Class.forName(name, false, NativeImageTest.class.getClassLoader());
    }

    private static List<String> includedServiceFiles() throws IOException {
        return included().stream()
                .filter(path -> path.startsWith("META-INF/services/"))
                .map(path -> path.replace("DebeziumEngine*", "DebeziumEngine$BuilderFactory"))
                .toList();
    }

    private static List<String> included() throws IOException {
        Properties properties = new Properties();
        try (var in = NativeImageTest.class.getResourceAsStream("/application.properties")) {
            properties.load(in);
        }
        return List.of(
                properties.getProperty("quarkus.native.resources.includes").split(","));
    }

    private static List<String> lines(URL file) throws IOException {
        try (var in = new BufferedReader(new InputStreamReader(file.openStream(), StandardCharsets.UTF_8))) {
            return in.lines()
                    .map(line -> line.replaceFirst("#.*", "").strip())
                    .filter(line -> !line.isEmpty())
                    .toList();
        }
    }
}
