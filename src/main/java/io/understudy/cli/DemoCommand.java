package io.understudy.cli;

import io.understudy.demo.DemoOptions;
import io.understudy.demo.DemoScript;
import io.understudy.mirror.Mirror;
import io.understudy.mirror.RunningMirror;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;

@CommandLine.Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Shows it working, with nothing but a JDK: two Postgres servers of its own, a marketplace with people",
            "who use it, and a mirror. With --for it ends by itself and proves that both sides are equal."
        })
final class DemoCommand implements Callable<Integer> {

    private final Vertx vertx;
    private final RunningMirror running;

    @CommandLine.Option(
            names = "--for",
            paramLabel = "DURATION",
            converter = DurationOption.class,
            description = "Stop after 30s, 2m or 1h, compare every table, exit 0 when equal and 1 when not.")
    private Duration duration;

    @CommandLine.Option(
            names = "--rate",
            paramLabel = "N",
            description = "Changes a second that the workload makes (default: ${DEFAULT-VALUE}).")
    private int rate = DemoOptions.CHANGES_PER_SECOND;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    DemoCommand(Vertx vertx, RunningMirror running) {
        this.vertx = vertx;
        this.running = running;
    }

    static final class DurationOption implements CommandLine.ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            try {
                return DemoOptions.duration(text);
            } catch (IllegalArgumentException e) {
                throw new CommandLine.TypeConversionException(e.getMessage());
            }
        }
    }

    @Override
    public Integer call() {
        DemoOptions options;
        try {
            options = new DemoOptions(Optional.ofNullable(duration), rate);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        return new DemoScript(vertx, spec.commandLine().getOut())
                .run(options, new DemonstratedMirror(vertx, this::isRunning));
    }

    private void isRunning(Mirror mirror) {
        running.is(mirror);
    }
}
