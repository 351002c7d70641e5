package io.understudy.masking;

import java.util.List;
import java.util.stream.Stream;

/**
 * A name of somebody else. The lists are Datafaker's: a later version of the library may have other lists, and then
 * gives other names.
 */
final class NameMask implements Mask {

    static final String FIRST = "first";
    static final String LAST = "last";

    private final KeyedHash hash;
    private final String part;
    private final List<String> first;
    private final List<String> last;

    /** @param part first, last, or empty for both */
    NameMask(KeyedHash hash, String part) {
        this.hash = hash;
        this.part = part;
        this.first = Stream.of("name.female_first_name", "name.male_first_name")
                .flatMap(key -> ValueLists.of(key).stream())
                .distinct()
                .toList();
        this.last = ValueLists.of("name.last_name");
    }

    @Override
    public String of(String value, String seed) {
        Draw draw = hash.draw(value);
        String name = name(draw);
        return name.equals(value) ? name(draw) : name;
    }

    @Override
    public double capacity() {
        return switch (part) {
            case FIRST -> first.size();
            case LAST -> last.size();
            default -> (double) first.size() * last.size();
        };
    }

    private String name(Draw draw) {
        String given = draw.of(first);
        String family = draw.of(last);
        return switch (part) {
            case FIRST -> given;
            case LAST -> family;
            default -> given + " " + family;
        };
    }
}
