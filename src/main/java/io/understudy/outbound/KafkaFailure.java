package io.understudy.outbound;

import java.util.Optional;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * What a failure of Kafka's client means for a delivery. Refused is what lies with the record itself. What lies with the
 * topic, the cluster or our settings would refuse every delivery, and goes well once somebody has put it right.
 */
final class KafkaFailure {

    private KafkaFailure() {}

    /** @return nothing when the brokers did not answer in time */
    static Optional<Outcome> outcome(Throwable failure, Destination.Kafka destination) {
        String place = destination.place();
        if (failure instanceof RecordTooLargeException || failure instanceof RecordBatchTooLargeException) {
            return Optional.of(new Outcome.Refused(place
                    + " does not take records of its size (max.message.bytes of the topic, message.max.bytes of the"
                    + " brokers)"));
        }
        if (failure instanceof InvalidRecordException || failure instanceof SerializationException) {
            return Optional.of(new Outcome.Refused(place + " does not take it: " + name(failure)));
        }
        if (failure instanceof TimeoutException) {
            return Optional.empty();
        }
        if (failure instanceof InvalidTopicException) {
            return retry(place + " is not a topic that can be written to, say its brokers");
        }
        if (failure instanceof AuthorizationException) {
            return retry("the brokers do not allow us to write to " + place + ": " + name(failure));
        }
        if (failure instanceof AuthenticationException) {
            return retry("the brokers of " + place + " do not take our credentials (" + KafkaSettings.PREFIX + "*): "
                    + name(failure));
        }
        ConfigException wrong = wrongSetting(failure);
        if (wrong != null) {
            return retry("there is no client for " + place + ": " + wrong.getMessage());
        }
        return retry(place + " did not take it: " + name(failure));
    }

    /** Its message may quote what it was about. */
    private static String name(Throwable failure) {
        return failure.getClass().getSimpleName();
    }

    private static ConfigException wrongSetting(Throwable failure) {
        if (failure instanceof ConfigException wrong) {
            return wrong;
        }
        // A client that could not be made says so around its reason.
        return failure instanceof KafkaException && failure.getCause() instanceof ConfigException wrong ? wrong : null;
    }

    private static Optional<Outcome> retry(String reason) {
        return Optional.of(new Outcome.Retry(reason));
    }
}
