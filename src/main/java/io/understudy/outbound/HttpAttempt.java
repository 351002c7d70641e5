package io.understudy.outbound;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One delivery on its way to one destination, once: addresses looked up and checked, connected, sent, answered. Ends
 * with an outcome within the destination's timeout, whatever happens; the first one that is known is the one that counts.
 *
 * <p>Runs on an event loop, after its start on the thread that sends. Of the answer only status and headers are used:
 * a body may quote the row, so it is read, which frees the connection for the next, and dropped.
 */
final class HttpAttempt {

    private static final int MOST_REDIRECTIONS = 3;
    /** A longer body is not waited for. */
    private static final int MOST_BODY_BYTES = 64 << 10;

    /** What the attempt waits for: the end of the sentence when it does not come. */
    private enum Step {
        RESOLVING("was not resolved to an address"),
        CONNECTING("did not accept a connection"),
        SENDING("did not answer"),
        ANSWERING("did not end its answer");

        private final String undone;

        Step(String undone) {
            this.undone = undone;
        }
    }

    /** What all attempts at one destination share. */
    record Course(Vertx vertx, HttpClient client, Destination.Http to, HostAddresses addresses, EgressGuard guard) {}

    private final Course course;
    private final Destination.Http to;
    private final WebhookMessage message;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private final long deadline;
    private final long timer;

    private volatile Step step = Step.RESOLVING;
    private volatile HttpClientRequest request;
    private String path;
    private int redirections;
    private int bodyBytes;

    private HttpAttempt(Course course, WebhookMessage message) {
        this.course = course;
        this.to = course.to();
        this.message = message;
        this.path = to.pathAndQuery();
        this.deadline = System.nanoTime() + to.timeout().toNanos();
        this.timer = course.vertx().setTimer(to.timeout().toMillis(), expired -> giveUp());
    }

    static CompletableFuture<Outcome> start(Course course, WebhookMessage message) {
        HttpAttempt attempt = new HttpAttempt(course, message);
        attempt.post();
        return attempt.outcome;
    }

    private void post() {
        course.addresses()
                .all()
                .onSuccess(addresses -> orEnd(() -> checked(addresses)))
                .onFailure(this::failed);
    }

    /** What a library throws on an event loop would be noticed by nobody: a client that was closed meanwhile, say. */
    private void orEnd(Runnable next) {
        try {
            next.run();
        } catch (RuntimeException e) {
            end(new Outcome.Retry(place() + " was not asked (" + e.getClass().getSimpleName() + ")"));
        }
    }

    private void checked(List<InetAddress> addresses) {
        for (InetAddress address : addresses) {
            // Every one: a name with a public and a private address is how somebody gets in.
            Optional<String> problem = course.guard().problem(to.host(), to.port(), address);
            if (problem.isPresent()) {
                end(new Outcome.Retry("nothing was sent: the destination " + problem.get()));
                return;
            }
        }
        step = Step.CONNECTING;
        connect(addresses, 0);
    }

    private void connect(List<InetAddress> addresses, int index) {
        if (outcome.isDone()) {
            return;
        }
        InetAddress address = addresses.get(index);
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setServer(SocketAddress.inetSocketAddress(to.port(), address.getHostAddress()))
                .setHost(to.host())
                .setPort(to.port())
                .setSsl(to.tls())
                .setURI(path)
                .setConnectTimeout(Math.max(millisLeft() / (addresses.size() - index), 1));
        course.client()
                .request(options)
                .onSuccess(ready -> {
                    course.addresses().answers(address);
                    orEnd(() -> send(ready));
                })
                .onFailure(error -> {
                    if (ConnectionFailure.isOfAddress(error) && index + 1 < addresses.size()) {
                        orEnd(() -> connect(addresses, index + 1));
                    } else {
                        failed(error);
                    }
                });
    }

    private void send(HttpClientRequest ready) {
        request = ready;
        if (outcome.isDone()) {
            ready.reset();
            return;
        }
        step = Step.SENDING;
        message.headers().forEach(ready::putHeader);
        ready.exceptionHandler(error -> broken(ready, error));
        ready.send(message.body())
                .onSuccess(response -> orEnd(() -> answering(ready, response)))
                .onFailure(error -> broken(ready, error));
    }

    private void answering(HttpClientRequest sent, HttpClientResponse response) {
        step = Step.ANSWERING;
        bodyBytes = 0;
        response.exceptionHandler(error -> broken(sent, error));
        response.handler(part -> {
            bodyBytes += part.length();
            if (bodyBytes > MOST_BODY_BYTES && request == sent) {
                answered(response);
                sent.reset();
            }
        });
        response.endHandler(end -> {
            if (request == sent) {
                answered(response);
            }
        });
    }

    private void answered(HttpClientResponse response) {
        // What else happens to this request concerns nobody.
        request = null;
        int status = response.statusCode();
        if (status >= 200 && status < 300) {
            end(new Outcome.Delivered());
        } else if (status >= 300 && status < 400) {
            redirected(response);
        } else if (status >= 400 && status < 500 && status != 408 && status != 425 && status != 429) {
            end(new Outcome.Refused(to.authority() + " answered " + status));
        } else {
            end(new Outcome.Retry(to.authority() + " answered " + status, retryAfter(response)));
        }
    }

    private static Optional<Duration> retryAfter(HttpClientResponse response) {
        return RetryAfter.of(response.getHeader(HttpHeaders.RETRY_AFTER), Instant.now());
    }

    private void redirected(HttpClientResponse response) {
        int status = response.statusCode();
        Optional<Redirection> redirection = Redirection.of(to, path, response.getHeader(HttpHeaders.LOCATION));
        Optional<String> samePlace = redirection.flatMap(Redirection::samePlace);
        boolean keepsMethod = status == 307 || status == 308;
        if (keepsMethod && samePlace.isPresent() && redirections < MOST_REDIRECTIONS && !outcome.isDone()) {
            redirections++;
            path = samePlace.get();
            step = Step.RESOLVING;
            post();
            return;
        }
        String answered = to.authority() + " answered " + status;
        String remedy = "; set the URL of the destination " + to.name() + " to where it is to go";
        if (keepsMethod && samePlace.isPresent()) {
            answered += " more than " + MOST_REDIRECTIONS + " times in a row";
        } else if (redirection.isPresent()) {
            answered += ", which leads to " + redirection.get().place() + " and was not followed";
        }
        end(new Outcome.Retry(answered + remedy, retryAfter(response)));
    }

    private void failed(Throwable error) {
        end(new Outcome.Retry(place() + " " + ConnectionFailure.connecting(error)));
    }

    private void broken(HttpClientRequest sent, Throwable error) {
        if (request == sent) {
            end(new Outcome.Retry(place() + " "
                    + (step == Step.ANSWERING
                            ? "broke off before the end of its answer"
                            : ConnectionFailure.sending(error))));
        }
    }

    private void giveUp() {
        long millis = to.timeout().toMillis();
        String within = millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
        end(new Outcome.Retry(place() + " " + step.undone + " within " + within));
        HttpClientRequest sent = request;
        if (sent != null) {
            // Closes the connection: what is still to come on it must not be taken for the next one's answer.
            sent.reset();
        }
    }

    /** A name that has no address has no port either. */
    private String place() {
        return step == Step.RESOLVING ? to.host() : to.authority();
    }

    private void end(Outcome what) {
        if (outcome.complete(what)) {
            course.vertx().cancelTimer(timer);
        }
    }

    private long millisLeft() {
        return Math.max((deadline - System.nanoTime()) / 1_000_000, 1);
    }
}
