package io.understudy.preflight;

import java.util.List;
import java.util.stream.Collectors;

/** The mirror may not run as things are. Nothing was changed. All reasons together, each with its remedy. */
public final class RefusedException extends RuntimeException {

    private final transient List<Finding> findings;

    public RefusedException(List<Finding> findings) {
        super(findings.stream()
                .map(finding -> finding.what() + " Remedy: " + finding.remedy())
                .collect(Collectors.joining("\n")));
        this.findings = findings;
    }

    public static RefusedException because(String what, String remedy) {
        return new RefusedException(List.of(Finding.blocking(what, remedy)));
    }

    public List<Finding> findings() {
        return findings;
    }
}
