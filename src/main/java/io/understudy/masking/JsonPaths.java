package io.understudy.masking;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A tree of paths: {@code customer.email}, {@code items[].sku}, {@code *} for any key. Where it stands in a document is
 * a list of its nodes, those that name the keys before those with a {@code *}.
 */
final class JsonPaths<T> {

    private static final String ELEMENT = "[]";
    private static final String ANY = "*";
    private static final Pattern PATH = Pattern.compile("(\\[\\])*[^.\\[\\]=]*(\\[\\])*(\\.[^.\\[\\]=]+(\\[\\])*)*");

    private final Map<String, JsonPaths<T>> below = new HashMap<>();
    private T value;

    static boolean isPath(String text) {
        return !text.isEmpty() && PATH.matcher(text).matches();
    }

    void put(String path, T value) {
        JsonPaths<T> node = this;
        for (String step : path.replace(ELEMENT, "." + ELEMENT).split("\\.")) {
            if (!step.isEmpty()) {
                node = node.below.computeIfAbsent(step, key -> new JsonPaths<>());
            }
        }
        node.value = value;
    }

    static <T> List<JsonPaths<T>> key(List<JsonPaths<T>> nodes, String key) {
        return nodes.isEmpty() ? nodes : below(nodes, key, ANY);
    }

    static <T> List<JsonPaths<T>> element(List<JsonPaths<T>> nodes) {
        return nodes.isEmpty() ? nodes : below(nodes, ELEMENT, null);
    }

    /** The value of the most exact path that ends here; otherwise what holds above. */
    static <T> T value(List<JsonPaths<T>> nodes, T above) {
        for (JsonPaths<T> node : nodes) {
            if (node.value != null) {
                return node.value;
            }
        }
        return above;
    }

    private static <T> List<JsonPaths<T>> below(List<JsonPaths<T>> nodes, String exact, String any) {
        List<JsonPaths<T>> found = new ArrayList<>(2);
        for (String step : any == null ? List.of(exact) : List.of(exact, any)) {
            for (JsonPaths<T> node : nodes) {
                JsonPaths<T> next = node.below.get(step);
                if (next != null) {
                    found.add(next);
                }
            }
        }
        return found;
    }
}
