package io.understudy.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.understudy.postgres.Lsn;
import io.understudy.postgres.TableId;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueueNamesTest {

    private final QueueNames names =
            new QueueNames(Set.of("crm", "search"), Set.of(new TableId("public", "listing"), new TableId("a", "b.c")));

    @Test
    void readsWhatThereIs() {
        assertThat(names.destination("crm")).isEqualTo("crm");
        assertThat(names.table("listing")).isEqualTo(new TableId("public", "listing"));
        assertThat(names.table("a.b.c")).isEqualTo(new TableId("a", "b.c"));
        assertThat(QueueNames.status("retrying")).isEqualTo(DeliveryStatus.RETRYING);
        assertThat(QueueNames.position("16/b374D848")).isEqualTo(Lsn.parse("16/B374D848"));
        assertThat(QueueNames.id("12")).isEqualTo(12);
        assertThat(QueueNames.limit("10000")).isEqualTo(10_000);
    }

    @Test
    void readsNamesAsPostgresWritesThem() {
        assertThat(names.table("public.\"listing\"")).isEqualTo(new TableId("public", "listing"));
        assertThat(names.table("\"a\".\"b.c\"")).isEqualTo(new TableId("a", "b.c"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> names.table("\"Listing\""))
                .withMessage("Nothing of public.Listing is delivered. The nearest is public.listing.");
    }

    @Test
    void namesTheNearest() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> names.destination("serach"))
                .withMessageContaining("The nearest is search.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> names.table("listings"))
                .withMessageContaining("The nearest is public.listing.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new QueueNames(Set.of(), Set.of()).destination("crm"))
                .withMessageContaining("understudy.outbound.destinations.NAME.url");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "16", "16/", "/16", "-1/16", "16/+1", "123456789/1", "16/B374D848 ", "x/y"})
    void refusesWhatIsNoPosition(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> QueueNames.position(text))
                .withMessageContaining("16/B374D848");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1.5", "9999999999999999999", "all"})
    void refusesWhatIsNoId(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> QueueNames.id(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "10001", "-5", "many", ""})
    void refusesWhatIsNoLimit(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> QueueNames.limit(text));
    }
}
