package io.understudy.mirror;

import io.quarkus.runtime.ShutdownEvent;
import io.understudy.outbound.Outbound;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Optional;

/** The mirror that this process runs, if it runs one: a command such as {@code plan} does not. */
@ApplicationScoped
public class RunningMirror {

    private static final Duration DRAIN = Duration.ofSeconds(10);

    private volatile Mirror mirror;
    private volatile Outbound outbound;

    public void is(Mirror running) {
        mirror = running;
    }

    /** @param delivering what of it goes to other systems */
    public void is(Mirror running, Outbound delivering) {
        mirror = running;
        outbound = delivering;
    }

    /** On SIGTERM the process ends when this returns: what is under way is brought to its end first, within a bound. */
    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        if (mirror != null) {
            mirror.stop();
            if (outbound != null) {
                outbound.close();
            }
            mirror.awaitEnd(DRAIN);
        }
    }

    public Optional<Mirror> get() {
        return Optional.ofNullable(mirror);
    }
}
