package io.understudy.demo;

import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.SessionSettings;
import io.understudy.preflight.RefusedException;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import org.jboss.logging.Logger;

/**
 * The demo from beginning to end: servers, marketplace, workload, mirror; after the time that was asked for, the proof.
 * Whatever it starts is stopped again, in the opposite order, however it ends.
 */
public final class DemoScript {

    public static final int EQUAL = 0;
    public static final int DIFFERENT = 1;
    public static final int NOT_COMPLETED = 3;

    private static final Logger LOG = Logger.getLogger(DemoScript.class);

    /** One for the workload, one for its last word, one to spare. */
    private static final int CONNECTIONS = 3;

    private final Vertx vertx;
    private final Narration narration;

    public DemoScript(Vertx vertx, PrintWriter out) {
        this.vertx = vertx;
        this.narration = new Narration(out);
    }

    /** Returns one of the exit codes above; an interrupted demo without a duration has done all it should. */
    public int run(DemoOptions options, MirrorUnderDemo mirror) {
        narration.text(
                "Understudy demo: two Postgres servers on this machine, a rental marketplace in one of them with people who");
        narration.text("use it, and a mirror that keeps the other one in step.");
        narration.text("");
        try (Interruption interruption = new Interruption()) {
            narration.say("servers", "starting \"production\" and \"staging\"");
            try (DemoServers servers = DemoServers.start()) {
                interruption.lastResort(servers::close);
                narration.say("servers", "both are up");
                return onServers(servers, options, mirror, interruption);
            }
        } catch (ServersNotStartedException e) {
            return notCompleted(e.getMessage() + " " + e.remedy());
        } catch (RefusedException | PostgresFailure e) {
            return notCompleted(e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("demo: ended by an error of its own", e);
            return notCompleted(e.toString());
        }
    }

    private int onServers(DemoServers servers, DemoOptions options, MirrorUnderDemo mirror, Interruption interruption) {
        SessionSettings settings = new SessionSettings("understudy demo", false);
        try (PostgresClient production = PostgresClient.open(vertx, servers.production(), settings, CONNECTIONS);
                PostgresClient staging = PostgresClient.open(vertx, servers.staging(), settings, CONNECTIONS)) {
            return new Performance(narration, interruption, production, staging, mirror).play(options);
        }
    }

    private int notCompleted(String why) {
        narration.text("");
        narration.text("The demo could not be completed. " + why);
        return NOT_COMPLETED;
    }
}
