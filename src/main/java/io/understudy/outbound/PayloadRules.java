package io.understudy.outbound;

import io.understudy.ledger.ApprovedRules;
import io.understudy.masking.ColumnRule;
import io.understudy.masking.MaskingSettings;
import io.understudy.postgres.PostgresClient;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What was decided on the values that may leave, by this process's settings and by what was approved since.
 *
 * @param excluded columns that are left out, by pattern
 */
public record PayloadRules(MaskingSettings masking, List<String> excluded) {

    public static final PayloadRules NONE = new PayloadRules(MaskingSettings.NONE, List.of());

    /** Equal for equal decisions, as they are now. Tells nothing of the secret, nor of what a rule puts in place. */
    String fingerprint(PostgresClient target, String mirror) {
        MaskingSettings all = masking.and(ApprovedRules.load(target, mirror));
        // In their order: of two that say as much the later one holds.
        String text = all.rules().stream().map(PayloadRules::text).collect(Collectors.joining("\n"))
                + "\nunlisted " + all.unlisted()
                + "\nsecret " + all.secret().map(Object::toString).orElse("")
                + "\nexcluded " + String.join("\n", excluded);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(ColumnRule rule) {
        return rule.pattern() + "=" + rule.rule().text();
    }
}
