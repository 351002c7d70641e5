package io.understudy;

import io.understudy.postgres.DatabaseUrl;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One side of a mirror, as a test sees it: scripts, questions, sessions. The text of a value never depends on settings.
 */
public record Database(DatabaseUrl url) {

    public Connection connect() {
        Properties properties = new Properties();
        properties.setProperty("user", url.user());
        url.password().ifPresent(password -> properties.setProperty("password", password));
        properties.setProperty(
                "options", "-c TimeZone=UTC -c DateStyle=ISO,YMD -c extra_float_digits=3 -c lc_monetary=C");
        properties.setProperty("ApplicationName", "test");
        try {
            return DriverManager.getConnection(
                    "jdbc:postgresql://" + url.host() + ":" + url.port() + "/" + url.database(), properties);
        } catch (SQLException e) {
            throw new IllegalStateException("connecting to " + url + " failed: " + e.getMessage(), e);
        }
    }

    /** Each script in one implicit transaction, unless it says otherwise itself. */
    public void run(String... scripts) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String script : scripts) {
                statement.execute(script);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** All statements in one transaction. */
    public void transaction(String... statements) {
        run(Stream.of(statements).collect(Collectors.joining(";\n", "begin;\n", ";\ncommit")));
    }

    /** The first column of every row, as text. */
    public List<String> column(String sql) {
        try (Connection connection = connect()) {
            return column(connection, sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    public static List<String> column(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    /** The one value that the question has. */
    public String value(String sql) {
        List<String> values = column(sql);
        if (values.size() != 1) {
            throw new IllegalStateException("expected one row, got " + values.size() + ": " + sql);
        }
        return values.get(0);
    }

    public long count(String sql) {
        return Long.parseLong(value(sql));
    }

    /** Cuts the connections that the mirror of this name has here. */
    public void terminateMirror(String mirror) {
        run("select pg_terminate_backend(pid) from pg_stat_activity where application_name like '%" + mirror
                + "%' and pid <> pg_backend_pid()");
    }
}
