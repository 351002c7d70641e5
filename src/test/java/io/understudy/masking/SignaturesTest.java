package io.understudy.masking;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.postgres.TableId;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SignaturesTest {

    private static final TableId TABLE = new TableId("public", "person");
    private static final Set<String> COLUMNS = Set.of("id", "phone");
    private static final MaskingPolicy KEEPING = policy(Set.of());
    private static final MaskingPolicy WITHHOLDING = policy(Set.of("phone"));

    private static MaskingPolicy policy(Set<String> withheld) {
        TableMasks masks = new TableMasks(
                1, Map.of("id", 1, "phone", 2), Map.of(), withheld, Set.of(), Set.of(), Map.of(), Map.of());
        return new MaskingPolicy(false, Canaries.NONE, Map.of(TABLE, masks), Map.of()).after(MaskingPolicy.NONE);
    }

    private static Map<String, String> noted(Map<String, String> before, Set<String> known, MaskingPolicy policy) {
        return Signatures.noted(before, known, Map.of(), policy, TABLE, COLUMNS, false);
    }

    @Test
    void whatIsAsBeforeIsNotStale() {
        Map<String, String> withheld = Map.of("phone", "withheld");
        assertThat(noted(Map.of(), COLUMNS, KEEPING)).isEmpty();
        assertThat(noted(withheld, COLUMNS, WITHHOLDING)).isEqualTo(withheld);
    }

    @Test
    void aRuleThatWasTakenBackStaysInMind() {
        Map<String, String> changed = noted(Map.of(), COLUMNS, WITHHOLDING);
        assertThat(Signatures.stale(changed)).containsExactly("phone");
        Map<String, String> back = noted(changed, COLUMNS, KEEPING);
        assertThat(back).isEqualTo(changed);
        assertThat(Signatures.words(back.get("phone"), "keep")).isEqualTo("keep -> withheld -> keep");
    }

    @Test
    void aColumnThatCameSinceIsByTheRuleThatItCameUnder() {
        Set<String> known = Set.of("id");
        assertThat(Signatures.stale(noted(Map.of(), known, WITHHOLDING))).isEmpty();
        assertThat(Signatures.stale(noted(Map.of(), known, KEEPING.after(WITHHOLDING))))
                .containsExactly("phone");
        assertThat(Signatures.stale(Signatures.noted(Map.of(), known, Map.of(), WITHHOLDING, TABLE, COLUMNS, true)))
                .containsExactly("phone");
    }

    @Test
    void aColumnWithANewNameHasTheMasksOfItsFormerOne() {
        Map<String, String> former = Map.of("mobile", "withheld");
        Map<String, String> renamed = Map.of("mobile", "phone");
        Set<String> known = Set.of("id", "mobile");
        Map<String, String> noted = Signatures.noted(former, known, renamed, WITHHOLDING, TABLE, COLUMNS, false);
        assertThat(noted).containsEntry("phone", "withheld").doesNotContainKey("mobile");
        assertThat(Signatures.noted(noted, known, renamed, WITHHOLDING, TABLE, COLUMNS, false))
                .isEqualTo(noted);
    }

    @Test
    void aRuleThatChangedDuringACopyAndBackIsStale() {
        MaskingPolicy during = WITHHOLDING.after(KEEPING);
        assertThat(Signatures.stale(Signatures.written(KEEPING, KEEPING.after(KEEPING), TABLE)))
                .isEmpty();
        assertThat(Signatures.stale(Signatures.written(KEEPING, during, TABLE))).containsExactly("phone");
        assertThat(Signatures.stale(Signatures.written(KEEPING, KEEPING.after(during), TABLE)))
                .containsExactly("phone");
    }

    @Test
    void saysWhichRulesThereWere() {
        assertThat(Signatures.words("hash of  to text by 12\nemail of  to text by 12", "email of  to text by 12"))
                .isEqualTo("hash -> email");
        assertThat(Signatures.words("hash of  to text by 12", "hash of  to text by 34"))
                .isEqualTo("hash, by another secret or for another type");
    }
}
