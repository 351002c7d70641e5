package io.understudy.status;

import io.understudy.mirror.Mirror;
import io.understudy.mirror.MirrorState;
import io.understudy.mirror.RunningMirror;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** Whether the mirror has got as far as doing its work; a long first copy counts as work. */
@org.eclipse.microprofile.health.Startup
@ApplicationScoped
class Startup implements HealthCheck {

    private final RunningMirror running;

    Startup(RunningMirror running) {
        this.running = running;
    }

    @Override
    public HealthCheckResponse call() {
        Optional<Mirror> mirror = running.get();
        boolean started = mirror.map(Mirror::state)
                .filter(state -> !(state instanceof MirrorState.Starting || state instanceof MirrorState.Checking))
                .isPresent();
        return MirrorHealth.response(mirror, started, Optional.of("The mirror is still looking at both databases."));
    }
}
