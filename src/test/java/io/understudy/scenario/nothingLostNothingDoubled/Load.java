package io.understudy.scenario.nothingLostNothingDoubled;

import io.understudy.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps writing into two tables until it is closed: inserts, updates, deletes, moved keys, rolled-back savepoints, wide
 * values.
 */
final class Load implements AutoCloseable {

    static final String[] TABLES = {
        "create table customer (id int primary key, name text not null unique, note text)",
        "create table invoice (customer int not null references customer on delete cascade, number int, amount numeric, "
                + "primary key (customer, number))"
    };

    private final Database source;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicInteger transactions = new AtomicInteger();
    private final Thread thread = new Thread(this::write, "load");
    private volatile SQLException failure;

    private Load(Database source) {
        this.source = source;
    }

    static void fill(Database source, int customers) {
        source.run(
                "insert into customer select i, 'customer ' || i, repeat(md5(i::text), 20) from generate_series(1, "
                        + customers + ") i",
                "insert into invoice select i, n, i * n / 7.0 from generate_series(1, " + customers
                        + ") i, generate_series(1, 3) n");
    }

    static Load on(Database source) {
        Load load = new Load(source);
        load.thread.start();
        return load;
    }

    int transactions() {
        return transactions.get();
    }

    private void write() {
        Random random = new Random(7);
        try (Connection connection = source.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            int next = 10_000_000;
            while (!stopped.get()) {
                int some = 1 + random.nextInt(1000);
                int id = next++;
                statement.execute(
                        "insert into customer values (" + id + ", 'new " + id + "', repeat(md5('" + id + "'), 200))");
                statement.execute("insert into invoice values (" + id + ", 1, 1.50)");
                statement.execute("update customer set note = 'n' || " + id + " where id = " + some);
                statement.execute("savepoint s");
                statement.execute("insert into invoice values (" + id + ", 99, 0)");
                statement.execute("rollback to savepoint s");
                // Two unique values swapped: only the original order can do it.
                statement.execute("update customer set name = 'swap' where id = " + id);
                statement.execute("update customer set name = 'new " + id + "' where id = " + id);
                if (id % 3 == 0) {
                    statement.execute("update customer set id = id + 50000000 where id = " + (id - 1)
                            + " and not exists (select from invoice where customer = " + (id - 1) + ")");
                    statement.execute("delete from invoice where customer = " + (id - 1));
                }
                if (id % 5 == 0) {
                    statement.execute("delete from customer where id = " + (id - 4));
                }
                connection.commit();
                transactions.incrementAndGet();
            }
        } catch (SQLException e) {
            failure = e;
        }
    }

    @Override
    public void close() {
        stopped.set(true);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (failure != null) {
            throw new IllegalStateException(failure);
        }
    }
}
