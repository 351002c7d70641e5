package io.understudy.outbound;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * A delivery as it goes over HTTP: the event in its structured form, signed as Standard Webhooks has it.
 *
 * @param headers all but those that belong to the connection
 */
record WebhookMessage(MultiMap headers, Buffer body) {

    private static final CharSequence CONTENT_TYPE =
            HttpHeaders.createOptimized(CloudEvent.STRUCTURED + "; charset=utf-8");
    private static final CharSequence ID = HttpHeaders.createOptimized("webhook-id");
    private static final CharSequence TIMESTAMP = HttpHeaders.createOptimized("webhook-timestamp");
    private static final CharSequence SIGNATURE = HttpHeaders.createOptimized("webhook-signature");

    /** @param at of the attempt: a receiver refuses what was signed long ago */
    static WebhookMessage of(
            Delivery delivery, Destination.Http to, WebhookSignature signature, CharSequence userAgent, Instant at) {
        byte[] body = CloudEvent.structured(delivery).getBytes(StandardCharsets.UTF_8);
        String id = delivery.idempotencyKey();
        String timestamp = Long.toString(at.getEpochSecond());
        MultiMap headers = HttpHeaders.headers()
                // By hand: an IPv6 address needs its brackets.
                .add(HttpHeaders.HOST, to.hostHeader())
                .add(HttpHeaders.USER_AGENT, userAgent)
                .add(HttpHeaders.CONTENT_TYPE, CONTENT_TYPE)
                .add(ID, id)
                .add(TIMESTAMP, timestamp)
                .add(SIGNATURE, signature.of(id, timestamp, body));
        return new WebhookMessage(headers, Buffer.buffer(body));
    }
}
