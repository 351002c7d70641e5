package io.understudy.demo;

import io.understudy.postgres.TableId;
import java.util.Optional;

/** What was found of one table. {@code reason} is there when it could not be compared; the rows mean nothing then. */
record TableComparison(TableId table, long productionRows, long stagingRows, Verdict verdict, Optional<String> reason) {

    enum Verdict {
        EQUAL,
        DIFFERENT,
        NOT_COMPARED
    }

    static TableComparison notCompared(TableId table, String reason) {
        return new TableComparison(table, 0, 0, Verdict.NOT_COMPARED, Optional.of(reason));
    }

    String verdictText() {
        return switch (verdict) {
            case EQUAL -> "equal";
            case DIFFERENT -> "DIFFERENT";
            case NOT_COMPARED -> "could not compare: " + reason.orElse("no reason given");
        };
    }
}
