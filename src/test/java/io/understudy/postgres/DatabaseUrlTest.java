package io.understudy.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.understudy.postgres.DatabaseUrl.SslMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseUrlTest {

    @Test
    void readsEveryPart() {
        DatabaseUrl url = DatabaseUrl.parse(
                "postgresql://reader:secret@db.example.com:6432/shop?sslmode=verify-full&sslrootcert=/etc/ca%20s.pem");
        assertThat(url.host()).isEqualTo("db.example.com");
        assertThat(url.port()).isEqualTo(6432);
        assertThat(url.database()).isEqualTo("shop");
        assertThat(url.user()).isEqualTo("reader");
        assertThat(url.password()).contains("secret");
        assertThat(url.sslMode()).isEqualTo(SslMode.VERIFY_FULL);
        assertThat(url.sslRootCert()).contains("/etc/ca s.pem");
    }

    @Test
    void fillsInWhatPsqlFillsIn() {
        DatabaseUrl url = DatabaseUrl.parse("postgres://me@");
        assertThat(url.place()).isEqualTo("localhost:5432/me");
        assertThat(url.password()).isEmpty();
        assertThat(url.sslMode()).isEqualTo(SslMode.PREFER);
    }

    @Test
    void takesUserAndPasswordFromTheQueryAsWell() {
        DatabaseUrl url = DatabaseUrl.parse("postgresql://host/db?user=me&password=s%26t");
        assertThat(url.user()).isEqualTo("me");
        assertThat(url.password()).contains("s&t");
    }

    @Test
    void decodesPercentSignsAndLeavesPlusSignsAlone() {
        DatabaseUrl url = DatabaseUrl.parse("postgresql://a%40b:p%3A%2F%3F%40+%25%C3%A9@h/my%20db");
        assertThat(url.user()).isEqualTo("a@b");
        assertThat(url.password()).contains("p:/?@+%é");
        assertThat(url.database()).isEqualTo("my db");
    }

    @Test
    void readsAddressesOfVersion6() {
        DatabaseUrl url = DatabaseUrl.parse("postgresql://me@[::1]:5433/db");
        assertThat(url.host()).isEqualTo("::1");
        assertThat(url.place()).isEqualTo("[::1]:5433/db");
    }

    @ParameterizedTest
    @EnumSource
    void knowsEverySslMode(SslMode mode) {
        assertThat(DatabaseUrl.parse("postgresql://u@h/d?sslmode=" + mode.text())
                        .sslMode())
                .isEqualTo(mode);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    jdbc:postgresql://h/d                | JDBC
                    mysql://u@h/d                        | not a Postgres URL
                    h:5432/d                             | not a Postgres URL
                    postgresql://u@one,two/d             | not a Postgres URL
                    postgresql://u@h:port/d              | not a Postgres URL
                    postgresql://h/d                     | names no user
                    postgresql://u@h:0/d                 | a port is 1 to 65535
                    postgresql://u@h:65536/d             | a port is 1 to 65535
                    postgresql://u@h:999999999999/d      | a port is 1 to 65535
                    postgresql://u@h/d?sslmode=sometimes | known are disable, allow, prefer, require, verify-ca, verify-full
                    postgresql://u@h/d?sslmod=require    | known are sslmode and sslrootcert
                    """)
    void saysWhatIsWrong(String text, String problem) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DatabaseUrl.parse(text))
                .withMessageContaining(problem);
    }

    @Test
    void printsItselfWithoutThePassword() {
        assertThat(DatabaseUrl.parse("postgresql://me:hunter2@h:1/d?sslmode=require"))
                .hasToString("postgresql://me@h:1/d");
    }

    /** A password pasted as it is, unescaped, is the usual mistake; no part of it may show. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://me:hunter2@host:no/d",
                "postgresql://me:hunter2@host/d?password2=hunter2",
                "postgresql://me:hunter2@host/d?sslmode=x",
                "postgresql://me:x@hunter2@host/d",
                "postgresql://me:x/hunter2@host/d",
                "postgresql://me:x?hunter2@host/d",
                "postgresql://me:x?hunter2=1@host/d",
                "postgresql://me:%hunter2@host/d",
                "postgresql://me:1/hunter2@host/d",
                "jdbc:postgresql://host/d?password=hunter2",
                "nonsense hunter2"
            })
    void noPartOfAPasswordShowsInAnError(String text) {
        Throwable error = catchThrowable(() -> DatabaseUrl.parse(text));
        assertThat(error).isInstanceOf(IllegalArgumentException.class);
        assertThat(error).hasMessageNotContaining("hunter2").hasMessageNotContaining("hu");
    }
}
