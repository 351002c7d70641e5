package io.understudy.masking;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Lists of plausible values: the files of Datafaker, without its code, which would find its generators by reflection.
 * A value that refers to another list as a whole stands for the values of that one; one that is put together from
 * several is left out. Read once in a process.
 */
final class ValueLists {

    private static final String ENGLISH = "en";
    /** References that lead in a circle end here. */
    private static final int DEPTH = 8;

    private static final Map<String, List<String>> READ = new ConcurrentHashMap<>();

    private ValueLists() {}

    /**
     * @param key {@code name.last_name}; {@code de:name.last_name} for another language than English
     * @throws IllegalArgumentException as the end of a sentence that names the rule's setting
     */
    static List<String> of(String key) {
        return READ.computeIfAbsent(key, ValueLists::read);
    }

    private static List<String> read(String key) {
        int colon = key.indexOf(':');
        String language = colon < 0 ? ENGLISH : key.substring(0, colon);
        String path = key.substring(colon + 1);
        Set<String> values = new LinkedHashSet<>();
        add(values, language, path, DEPTH);
        if (values.isEmpty()) {
            throw new IllegalArgumentException("names the list " + key + ", which Datafaker does not have"
                    + (language.equals(ENGLISH) ? "" : " in the language " + language)
                    + ", or only as a pattern. Lists are such as name.first_name, company.industry, de:name.last_name");
        }
        return List.copyOf(values);
    }

    private static void add(Set<String> values, String language, String path, int depth) {
        Object found = find(language, path);
        if (depth == 0 || found == null || found instanceof Map) {
            return;
        }
        for (Object item : found instanceof List<?> list ? list : List.of(found)) {
            String value = String.valueOf(item);
            if (value.startsWith("#{") && value.indexOf('}') == value.length() - 1) {
                add(values, language, referred(value.substring(2, value.length() - 1), path), depth - 1);
            } else if (item instanceof String && !value.isBlank() && !value.contains("#{") && !value.contains("##")) {
                values.add(value);
            }
        }
    }

    /** {@code Name.first_name} anywhere, {@code first_name} beside where it stands. */
    private static String referred(String reference, String path) {
        if (reference.indexOf('.') < 0) {
            return path.substring(0, path.lastIndexOf('.') + 1) + reference;
        }
        return reference.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    /** The English ones have a file for each subject, some named after the second word. */
    private static Object find(String language, String path) {
        String[] words = path.split("\\.");
        if (!language.equals(ENGLISH)) {
            return descend(file(language + ".yml"), language, words);
        }
        Object found = descend(file("en/" + words[0] + ".yml"), language, words);
        return found == null && words.length > 2 ? descend(file("en/" + words[1] + ".yml"), language, words) : found;
    }

    private static Object descend(Object document, String language, String[] words) {
        Object found = below(below(document, language), "faker");
        for (String word : words) {
            found = below(found, word);
        }
        return found;
    }

    private static Object below(Object node, String key) {
        return node instanceof Map<?, ?> map ? map.get(key) : null;
    }

    private static Object file(String name) {
        try (InputStream in = ValueLists.class.getResourceAsStream("/" + name)) {
            return in == null ? null : yaml().load(in);
        } catch (IOException e) {
            throw new IllegalStateException("The list " + name + " of Datafaker cannot be read", e);
        }
    }

    private static Yaml yaml() {
        LoaderOptions loading = new LoaderOptions();
        DumperOptions dumping = new DumperOptions();
        return new Yaml(new SafeConstructor(loading), new Representer(dumping), dumping, loading, new AllTexts());
    }

    /** Norway's NO is no boolean. */
    private static final class AllTexts extends Resolver {

        @Override
        protected void addImplicitResolvers() {
            addImplicitResolver(Tag.MERGE, MERGE, "<");
        }
    }
}
