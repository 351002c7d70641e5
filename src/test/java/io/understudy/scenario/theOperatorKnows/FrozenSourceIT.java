package io.understudy.scenario.theOperatorKnows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.DatabasePair;
import io.understudy.FreezingProxy;
import io.understudy.mirror.Mirror;
import io.understudy.mirror.MirrorStatus;
import io.understudy.mirror.Settings;
import io.understudy.postgres.DatabaseUrl;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A source that answers nothing and closes nothing must not look like a source in which nothing happens. */
class FrozenSourceIT {

    @Test
    void aLagThatCannotBeMeasuredIsNotToldAsTheLastOneThatCould() throws SQLException {
        try (DatabasePair pair = new DatabasePair();
                FreezingProxy network = new FreezingProxy(pair.source().url().port())) {
            pair.both("create table t (id int primary key)").adopt();
            Mirror mirror = pair.start(settings -> through(network, settings));
            pair.awaitStreaming(mirror);
            network.freeze();
            try {
                await().atMost(Duration.ofSeconds(100)).untilAsserted(() -> {
                    MirrorStatus status = mirror.status();
                    boolean tellsTheOldLag = status.state().equals("streaming")
                            && status.lagSeconds() != null
                            && status.lagSeconds() < 5;
                    assertThat(tellsTheOldLag)
                            .as("%s, %s s behind", status.state(), status.lagSeconds())
                            .isFalse();
                });
            } finally {
                network.thaw();
            }
            pair.source().run("insert into t values (1)");
            await().atMost(DatabasePair.PATIENCE)
                    .untilAsserted(() ->
                            assertThat(pair.target().column("select id from t")).containsExactly("1"));
        }
    }

    private static Settings through(FreezingProxy network, Settings settings) {
        DatabaseUrl source = settings.source();
        DatabaseUrl proxied = new DatabaseUrl(
                "localhost",
                network.port(),
                source.database(),
                source.user(),
                source.password(),
                source.sslMode(),
                source.sslRootCert());
        return Settings.of(settings.name(), proxied, settings.target());
    }
}
