package io.understudy.scenario.everyRowArrives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.Database;
import io.understudy.DatabasePair;
import io.understudy.UnderstudyProcess;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A value of 100 MB, in a process with the memory that the launcher gives. */
class LargeValueIT {

    private static final int BYTES = 100_000_000;

    /** Hexadecimal digits that do not repeat. */
    private static String digits(int count) {
        return "(select string_agg(md5(i::text), '') from generate_series(1, " + count / 32 + ") i)";
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "bytea"})
    void aValueOf100MegabytesArrivesThroughCopyAndThroughTheStream(String type) throws Exception {
        String value = type.equals("bytea") ? "decode(" + digits(2 * BYTES) + ", 'hex')" : digits(BYTES);
        try (DatabasePair pair = new DatabasePair()) {
            pair.both(
                            "create table doc (id int primary key, n int not null default 0, body " + type + ")",
                            "alter table doc alter body set storage external")
                    .adopt();
            pair.source().run("insert into doc values (1, 0, " + value + ")");
            try (UnderstudyProcess process = UnderstudyProcess.of(pair, "run").awaitReady()) {
                assertSame(pair);

                pair.source()
                        .run(
                                "insert into doc select 2, 0, body from doc where id = 1",
                                "update doc set n = 1",
                                "update doc set id = 3 where id = 2");

                await().atMost(DatabasePair.PATIENCE)
                        .pollInterval(Duration.ofMillis(500))
                        .failFast(process::assertRunning)
                        .untilAsserted(() -> assertThat(rows(pair.target()))
                                .as("%s", process.errors())
                                .isEqualTo(rows(pair.source())));
                assertSame(pair);
            }
        }
    }

    private static void assertSame(DatabasePair pair) {
        String digests = "select id || ' ' || n || ' ' || octet_length(body) || ' ' || md5(body) from doc order by id";
        assertThat(pair.target().column(digests)).isEqualTo(pair.source().column(digests));
    }

    private static String rows(Database database) {
        return database.column("select id || ' ' || n from doc order by id").toString();
    }
}
