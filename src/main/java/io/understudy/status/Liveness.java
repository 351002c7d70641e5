package io.understudy.status;

import io.understudy.mirror.Mirror;
import io.understudy.mirror.MirrorState;
import io.understudy.mirror.RunningMirror;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/**
 * Whether a restart of the process could help. A dead database is no reason: the mirror waits for it better than a
 * restarted one would.
 */
@org.eclipse.microprofile.health.Liveness
@ApplicationScoped
class Liveness implements HealthCheck {

    private final RunningMirror running;

    Liveness(RunningMirror running) {
        this.running = running;
    }

    @Override
    public HealthCheckResponse call() {
        Optional<Mirror> mirror = running.get();
        boolean ended = mirror.map(Mirror::state)
                .filter(state -> state instanceof MirrorState.Failed || state instanceof MirrorState.Refused)
                .isPresent();
        return MirrorHealth.response(
                mirror, !ended, mirror.flatMap(ran -> ran.state().reason()));
    }
}
