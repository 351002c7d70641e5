package io.understudy.outbound;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.NotSslRecordException;
import io.vertx.core.http.HttpClosedException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** What went wrong between here and a destination, in words of ours: the messages of others may quote what was sent. */
final class ConnectionFailure {

    private ConnectionFailure() {}

    /** Whether another address of the same host may do better, when there is no connection yet. */
    static boolean isOfAddress(Throwable error) {
        return !has(error, SSLException.class);
    }

    /** Of a connection that was not made, as the end of a sentence that names the destination. */
    static String connecting(Throwable error) {
        if (has(error, UnknownHostException.class)) {
            return "could not be resolved to an address";
        }
        if (has(error, SSLException.class)) {
            return ofTls(error);
        }
        if (has(error, ConnectTimeoutException.class) || has(error, TimeoutException.class)) {
            return "did not accept a connection in time";
        }
        return has(error, ConnectException.class) ? "refused the connection" : "cannot be reached";
    }

    /** Of one on which a request was under way. */
    static String sending(Throwable error) {
        if (has(error, SSLException.class)) {
            return ofTls(error);
        }
        boolean closed = has(error, HttpClosedException.class) || has(error, IOException.class);
        return closed ? "closed the connection before it answered" : "answered with what is not HTTP";
    }

    private static String ofTls(Throwable error) {
        if (has(error, NotSslRecordException.class)) {
            return "does not speak TLS on this port";
        }
        if (has(error, CertificateExpiredException.class)) {
            return "presented a certificate that has expired";
        }
        if (has(error, CertificateNotYetValidException.class)) {
            return "presented a certificate that is not valid yet";
        }
        if (has(error, CertPathBuilderException.class) || has(error, CertPathValidatorException.class)) {
            return "presented a certificate that is not trusted";
        }
        if (has(error, CertificateException.class)) {
            return "presented a certificate that is not of this host";
        }
        return "failed to agree on TLS";
    }

    private static boolean has(Throwable error, Class<? extends Throwable> type) {
        int depth = 0;
        for (Throwable cause = error; cause != null && depth < 10; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
            depth++;
        }
        return false;
    }
}
