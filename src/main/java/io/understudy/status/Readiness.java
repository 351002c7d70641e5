package io.understudy.status;

import io.understudy.mirror.Mirror;
import io.understudy.mirror.RunningMirror;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** Whether staging may be used as an image of production: copied, streaming, near enough. */
@org.eclipse.microprofile.health.Readiness
@ApplicationScoped
class Readiness implements HealthCheck {

    private final RunningMirror running;

    Readiness(RunningMirror running) {
        this.running = running;
    }

    @Override
    public HealthCheckResponse call() {
        Optional<Mirror> mirror = running.get();
        Optional<String> why =
                mirror.isEmpty() ? Optional.of("No mirror runs yet.") : MirrorHealth.whyNotReady(mirror.get());
        return MirrorHealth.response(mirror, why.isEmpty(), why);
    }
}
