package io.understudy.masking;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PermutationTest {

    private static final Secret SECRET = new Secret("a secret of at least sixteen bytes");

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 10, 1000, 10_000, 1 << 15, 22_768, 65_537})
    void isABijection(int size) {
        Permutation permutation = new Permutation(SECRET, size);
        BitSet seen = new BitSet(size);
        int same = 0;
        for (int number = 0; number < size; number++) {
            int result = (int) permutation.of(number);
            assertThat(result).isBetween(0, size - 1);
            same += result == number ? 1 : 0;
            seen.set(result);
        }
        assertThat(seen.cardinality()).isEqualTo(size);
        // A random permutation leaves one in its place, on average.
        assertThat(same).isLessThan(10);
    }

    @Test
    void isAnotherOneWithAnotherSecret() {
        Permutation one = new Permutation(SECRET, 10_000);
        Permutation other = new Permutation(new Secret("another secret of sixteen bytes"), 10_000);
        int same = 0;
        for (int number = 0; number < 10_000; number++) {
            same += one.of(number) == other.of(number) ? 1 : 0;
        }
        assertThat(same).isLessThan(20);
    }

    @Test
    void staysWithinTheLargestSizes() {
        Random random = new Random(1);
        Permutation longs = new Permutation(SECRET, Long.MIN_VALUE);
        Permutation integers = new Permutation(SECRET, 1L << 31);
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            long result = longs.of(random.nextLong() & Long.MAX_VALUE);
            assertThat(result).isNotNegative();
            seen.add(result);
            assertThat(integers.of(random.nextInt(Integer.MAX_VALUE))).isBetween(0L, (1L << 31) - 1);
        }
        assertThat(seen).hasSize(10_000);
    }
}
