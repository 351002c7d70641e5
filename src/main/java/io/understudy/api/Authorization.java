package io.understudy.api;

import io.understudy.mirror.Mirror;
import io.understudy.mirror.RunningMirror;
import io.understudy.mirror.Settings;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.Set;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Whoever changes something shows the token; where none is set, nobody changes anything over HTTP. */
final class Authorization {

    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
    private static final String SCHEME = "Bearer ";

    private final RunningMirror running;

    Authorization(RunningMirror running) {
        this.running = running;
    }

    @ServerRequestFilter
    public Optional<Response> refusal(ContainerRequestContext request) {
        if (READING.contains(request.getMethod())) {
            return Optional.empty();
        }
        Optional<Mirror> mirror = running.get();
        if (mirror.isEmpty()) {
            return Optional.of(
                    Problem.response(Response.Status.SERVICE_UNAVAILABLE, "No mirror runs in this process yet."));
        }
        Optional<Settings.Token> token = mirror.get().settings().token();
        if (token.isEmpty()) {
            return Optional.of(Problem.response(
                    Response.Status.FORBIDDEN,
                    "Nothing can be changed over HTTP: no token is set. Set understudy.http.token and start the service"
                            + " again, or use ./understudy deliveries."));
        }
        return isShown(token.get(), request.getHeaderString(HttpHeaders.AUTHORIZATION))
                ? Optional.empty()
                : Optional.of(Response.fromResponse(Problem.response(
                                Response.Status.UNAUTHORIZED,
                                "Send the token that understudy.http.token has: Authorization: Bearer TOKEN"))
                        .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer")
                        .build());
    }

    /** In a time that does not tell how much of it was right. */
    private static boolean isShown(Settings.Token token, String header) {
        return header != null
                && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                && MessageDigest.isEqual(
                        token.text().getBytes(StandardCharsets.UTF_8),
                        header.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8));
    }
}
