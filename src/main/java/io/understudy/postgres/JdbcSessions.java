package io.understudy.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Opens pgjdbc connections: for COPY, for replication commands and for the migrations of our own schema, nothing else.
 */
public final class JdbcSessions {

    /** Long enough for a server behind a slow VPN, short enough that a dead one is named within a few tries. */
    static final int CONNECT_SECONDS = 15;

    private static final Driver DRIVER = new Driver();

    private JdbcSessions() {}

    public static Connection open(DatabaseUrl url, SessionSettings settings) {
        return open(url, properties(url, settings));
    }

    /** A connection that speaks the replication protocol besides SQL. */
    static Connection openReplication(DatabaseUrl url, SessionSettings settings) {
        Properties properties = properties(url, settings);
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        return open(url, properties);
    }

    static PGSimpleDataSource dataSource(DatabaseUrl url, SessionSettings settings) {
        try {
            PGSimpleDataSource dataSource = new PGSimpleDataSource();
            dataSource.setServerNames(new String[] {url.host()});
            dataSource.setPortNumbers(new int[] {url.port()});
            dataSource.setDatabaseName(url.database());
            Properties properties = properties(url, settings);
            for (String name : properties.stringPropertyNames()) {
                dataSource.setProperty(name, properties.getProperty(name));
            }
            return dataSource;
        } catch (SQLException e) {
            throw PostgresFailure.of(e, "preparing a connection to " + url.place());
        }
    }

    private static Connection open(DatabaseUrl url, Properties properties) {
        try {
            Connection connection = DRIVER.connect(jdbcUrl(url), properties);
            connection.unwrap(PGConnection.class);
            return connection;
        } catch (SQLException e) {
            throw PostgresFailure.of(e, "connecting to " + url);
        }
    }

    public static String jdbcUrl(DatabaseUrl url) {
        String host = url.host().contains(":") ? "[" + url.host() + "]" : url.host();
        return "jdbc:postgresql://" + host + ":" + url.port() + "/"
                + java.net.URLEncoder.encode(url.database(), java.nio.charset.StandardCharsets.UTF_8);
    }

    private static Properties properties(DatabaseUrl url, SessionSettings settings) {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, url.user());
        url.password().ifPresent(password -> PGProperty.PASSWORD.set(properties, password));
        PGProperty.SSL_MODE.set(properties, url.sslMode().text());
        url.sslRootCert()
                .ifPresentOrElse(
                        file -> PGProperty.SSL_ROOT_CERT.set(properties, file),
                        () -> trustAsTheJvmDoes(url, properties));
        PGProperty.APPLICATION_NAME.set(properties, settings.applicationName());
        PGProperty.OPTIONS.set(properties, settings.options());
        PGProperty.CONNECT_TIMEOUT.set(properties, CONNECT_SECONDS);
        PGProperty.LOGIN_TIMEOUT.set(properties, CONNECT_SECONDS);
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        return properties;
    }

    /** Verification without a root certificate of its own trusts what this JVM trusts, as the reactive client does. */
    private static void trustAsTheJvmDoes(DatabaseUrl url, Properties properties) {
        if (url.sslMode() == DatabaseUrl.SslMode.VERIFY_CA || url.sslMode() == DatabaseUrl.SslMode.VERIFY_FULL) {
            PGProperty.SSL_FACTORY.set(properties, "org.postgresql.ssl.DefaultJavaSSLFactory");
        }
    }
}
