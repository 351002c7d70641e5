package io.understudy.cli;

import io.smallrye.reactive.messaging.kafka.KafkaConnector;
import io.understudy.mirror.Mirror;
import io.understudy.mirror.MirrorState;
import io.understudy.mirror.RunningMirror;
import io.understudy.mirror.Settings;
import io.understudy.mirror.SettingsReader;
import io.understudy.outbound.KafkaSettings;
import io.understudy.outbound.Outbound;
import io.understudy.status.DeliveryFigures;
import io.understudy.status.DeliveryMeters;
import io.understudy.status.VerifiedMeters;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.reactive.messaging.spi.Connector;
import org.jboss.logging.Logger;
import picocli.CommandLine;

@CommandLine.Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = {
            "Mirrors until it is stopped: the first time a snapshot, then every change.",
            "After any stop it goes on where it was."
        })
final class RunCommand implements Callable<Integer> {

    private static final Logger LOG = Logger.getLogger(RunCommand.class);

    private final Vertx vertx;
    private final Config config;
    private final RunningMirror running;
    private final DeliveryFigures figures;
    private final DeliveryMeters meters;
    private final VerifiedMeters verified;
    private final KafkaConnector kafka;

    @CommandLine.Option(
            names = "--snapshot",
            description =
                    "Begin with a new snapshot, whatever was mirrored before: empties the mirrored tables and copies them.")
    private boolean snapshot;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    RunCommand(
            Vertx vertx,
            Config config,
            RunningMirror running,
            DeliveryFigures figures,
            DeliveryMeters meters,
            VerifiedMeters verified,
            @Connector("smallrye-kafka") KafkaConnector kafka) {
        this.vertx = vertx;
        this.config = config;
        this.running = running;
        this.figures = figures;
        this.meters = meters;
        this.verified = verified;
        this.kafka = kafka;
    }

    @Override
    public Integer call() throws InterruptedException {
        Settings settings = SettingsReader.read(config);
        CanaryFilter.install(settings.masking().canaries());
        LOG.infof("mirror=%s source=%s target=%s", settings.name(), settings.source(), settings.target());
        Mirror mirror = new Mirror(vertx, settings, snapshot);
        Outbound outbound = new Outbound(
                vertx,
                settings.target(),
                settings.name(),
                settings.outbound(),
                settings.payloadRules(),
                mirror::isCatchingUp,
                new Sinks(vertx, kafka, settings.outbound(), KafkaSettings.read(config, new ArrayList<>())),
                meters);
        running.is(mirror, outbound);
        mirror.start();
        outbound.start();
        figures.watch(settings);
        verified.watch(mirror);
        while (true) {
            Optional<MirrorState> end = mirror.awaitEnd(Duration.ofDays(1));
            if (end.isPresent()) {
                return exitCode(end.get());
            }
        }
    }

    private int exitCode(MirrorState end) {
        PrintWriter err = spec.commandLine().getErr();
        if (end instanceof MirrorState.Refused refused) {
            FindingsText.refused(refused.findings(), err);
            return ExitCode.WRONG;
        }
        if (end instanceof MirrorState.Failed failed) {
            err.println(failed.cause());
            return ExitCode.NOT_COMPLETED;
        }
        return ExitCode.FINE;
    }
}
