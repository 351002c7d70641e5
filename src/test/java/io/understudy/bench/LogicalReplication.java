package io.understudy.bench;

import io.understudy.Database;
import java.time.Duration;

/** Postgres' own: a publication of all tables and a subscription, with the settings that Postgres gives them. */
final class LogicalReplication implements AutoCloseable {

    static final String NAME = "logical replication";

    private static final String SUBSCRIPTION = "bench_subscription";

    private final Database source;
    private final Database target;

    LogicalReplication(Database source, Database target) {
        this.source = source;
        this.target = target;
        source.run("create publication bench for all tables");
    }

    void subscribe() {
        String connection = "host=" + source.url().host() + " port="
                + source.url().port() + " user=" + source.url().user()
                + source.url()
                        .password()
                        .map(password -> " password=" + password)
                        .orElse("") + " dbname="
                + source.url().database();
        target.run("create subscription " + SUBSCRIPTION + " connection '" + connection + "' publication bench");
    }

    void awaitCopied(Duration limit) {
        Meter.await(
                "the subscription copied all tables",
                limit,
                () -> target.value("select count(*) > 0 and bool_and(srsubstate = 'r') from pg_subscription_rel")
                        .equals("t"));
    }

    void disable() {
        target.run("alter subscription " + SUBSCRIPTION + " disable");
        Meter.await(
                "the subscription's slot is free",
                Duration.ofMinutes(1),
                () -> source.count("select count(*) from pg_replication_slots where slot_name = '" + SUBSCRIPTION
                                + "' and active")
                        == 0);
    }

    void enable() {
        target.run("alter subscription " + SUBSCRIPTION + " enable");
    }

    void awaitApplied(String lsn, Duration limit) {
        Meter.await(
                "the subscription applied everything",
                limit,
                () -> source.count("select count(*) from pg_stat_replication where application_name = '" + SUBSCRIPTION
                                + "' and replay_lsn > '" + lsn + "'")
                        == 1);
    }

    @Override
    public void close() {
        target.run("drop subscription " + SUBSCRIPTION);
        source.run("drop publication bench");
    }
}
