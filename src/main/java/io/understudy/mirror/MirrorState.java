package io.understudy.mirror;

import io.understudy.preflight.Finding;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where a mirror is. Set by the mirror's own thread only. None survives a restart: what does is the checkpoint, from
 * which the next start finds its way.
 *
 * <pre>
 *   starting -> standby -> checking -> copying -> catching up <-> streaming
 *                              |           |            |             |
 *                              +-----------+-- retrying / blocked ----+---> checking
 *   any -> stopped, refused or failed, which end the process
 * </pre>
 */
public sealed interface MirrorState {

    /** One or two words for people and scripts. */
    String word();

    /** Why it is not working, if it is not. */
    default Optional<String> reason() {
        return Optional.empty();
    }

    default Optional<String> remedy() {
        return Optional.empty();
    }

    record Starting() implements MirrorState {
        @Override
        public String word() {
            return "starting";
        }
    }

    /** Another process runs this mirror; this one waits until it ends. */
    record Standby() implements MirrorState {
        @Override
        public String word() {
            return "standby";
        }

        @Override
        public Optional<String> reason() {
            return Optional.of("Another process runs this mirror; this one takes over when it ends.");
        }
    }

    record Checking() implements MirrorState {
        @Override
        public String word() {
            return "checking";
        }
    }

    record Copying() implements MirrorState {
        @Override
        public String word() {
            return "copying";
        }
    }

    /** Streaming, and not yet, or no longer, near the source's present. */
    record CatchingUp() implements MirrorState {
        @Override
        public String word() {
            return "catching up";
        }
    }

    record Streaming() implements MirrorState {
        @Override
        public String word() {
            return "streaming";
        }
    }

    /** A server is not there or said no for now: tried again by itself. */
    record Retrying(String cause, int attempt, Instant nextAttempt) implements MirrorState {
        @Override
        public String word() {
            return "retrying";
        }

        @Override
        public Optional<String> reason() {
            return Optional.of(cause);
        }
    }

    /** Somebody has to do something; looked at again by itself, so that it goes on when it is done. */
    record Blocked(String cause, Optional<String> todo, Instant nextAttempt) implements MirrorState {
        @Override
        public String word() {
            return "blocked";
        }

        @Override
        public Optional<String> reason() {
            return Optional.of(cause);
        }

        @Override
        public Optional<String> remedy() {
            return todo;
        }
    }

    /** The first look said that it must not run. Nothing was changed. */
    record Refused(List<Finding> findings) implements MirrorState {
        @Override
        public String word() {
            return "refused";
        }

        @Override
        public Optional<String> reason() {
            return Optional.of(findings.get(0).what());
        }

        @Override
        public Optional<String> remedy() {
            return Optional.of(findings.get(0).remedy());
        }
    }

    /** The copy met something that trying again will not mend. */
    record Failed(String cause) implements MirrorState {
        @Override
        public String word() {
            return "failed";
        }

        @Override
        public Optional<String> reason() {
            return Optional.of(cause);
        }
    }

    record Stopped() implements MirrorState {
        @Override
        public String word() {
            return "stopped";
        }
    }
}
