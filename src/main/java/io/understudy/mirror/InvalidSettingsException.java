package io.understudy.mirror;

import java.util.List;

/** Settings that cannot be used, all of them, one sentence each. */
public final class InvalidSettingsException extends RuntimeException {

    private final transient List<String> problems;

    InvalidSettingsException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = problems;
    }

    public List<String> problems() {
        return problems;
    }
}
