package io.understudy.masking;

import java.util.List;

/** The address of nobody: a street, a city, or a whole line. */
final class AddressMask implements Mask {

    private static final int HOUSES = 199;
    private static final int POSTCODES = 90_000;

    private final KeyedHash hash;
    private final String part;
    private final List<String> names = ValueLists.of("name.last_name");
    private final List<String> streets = ValueLists.of("address.street_suffix");
    private final List<String> cities = ValueLists.of("address.city_suffix");

    /** @param part street, city, or empty for both with a postcode */
    AddressMask(KeyedHash hash, String part) {
        this.hash = hash;
        this.part = part;
    }

    @Override
    public String of(String value, String seed) {
        Draw draw = hash.draw(value);
        String address = address(draw);
        return address.equals(value) ? address(draw) : address;
    }

    @Override
    public double capacity() {
        double streetLines = (double) HOUSES * names.size() * streets.size();
        double cityNames = (double) names.size() * cities.size();
        return switch (part) {
            case "street" -> streetLines;
            case "city" -> cityNames;
            default -> streetLines * cityNames * POSTCODES;
        };
    }

    private String address(Draw draw) {
        String street = (1 + draw.below(HOUSES)) + " " + draw.of(names) + " " + draw.of(streets);
        String city = draw.of(names) + draw.of(cities);
        return switch (part) {
            case "street" -> street;
            case "city" -> city;
            default -> street + ", " + (100_000 - POSTCODES + draw.below(POSTCODES)) + " " + city;
        };
    }
}
