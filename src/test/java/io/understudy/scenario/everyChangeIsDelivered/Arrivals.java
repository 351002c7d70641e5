package io.understudy.scenario.everyChangeIsDelivered;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.Receiver.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** What a receiver got of a table {@code item (id, v)} whose {@code v} goes up by one with every change, from 0 on. */
final class Arrivals {

    private Arrivals() {}

    static String record(Request request) {
        return after(request.body(), "\"recordId\": \"");
    }

    static String operation(Request request) {
        return after(request.body(), "\"operation\": \"");
    }

    private static int value(Request request) {
        return Integer.parseInt(after(request.body(), "\"v\": "));
    }

    private static String after(String body, String field) {
        int start = body.indexOf(field) + field.length();
        int end = start;
        while (Character.isLetterOrDigit(body.charAt(end))) {
            end++;
        }
        return body.substring(start, end);
    }

    /**
     * Every record's changes arrived, in their order: a repetition may go back, but nothing is left out or overtaken.
     *
     * @param last the last value of every record
     */
    static void assertInOrder(List<Request> requests, Map<String, Integer> last) {
        Map<String, List<Integer>> values = new TreeMap<>();
        requests.forEach(request -> values.computeIfAbsent(record(request), none -> new ArrayList<>())
                .add(value(request)));
        assertThat(values.keySet()).containsExactlyInAnyOrderElementsOf(last.keySet());
        values.forEach((record, of) -> {
            int highest = -1;
            for (int value : of) {
                assertThat(value).as("record %s: %s", record, of).isLessThanOrEqualTo(highest + 1);
                highest = Math.max(highest, value);
            }
            assertThat(of.get(of.size() - 1))
                    .as("the last of %s: %s", record, of)
                    .isEqualTo(last.get(record));
            assertThat(of)
                    .containsAll(
                            IntStream.rangeClosed(0, last.get(record)).boxed().toList());
        });
    }
}
