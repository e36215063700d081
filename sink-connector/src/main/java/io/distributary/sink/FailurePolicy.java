package io.distributary.sink;

import io.distributary.core.claim.ClaimException;
import io.distributary.core.relation.Column;
import io.distributary.sink.read.Incoming;
import io.distributary.sink.write.WriteException;
import java.time.Duration;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place that decides what follows from a failure: try again, report the change, or stop the
 * task.
 */
final class FailurePolicy {
  private static final Logger LOG = LoggerFactory.getLogger(FailurePolicy.class);
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private final int maxRetries;
  private final Duration backoff;
  private final boolean tolerant;
  private final boolean reports;
  private int failures;

  /**
   * A policy.
   *
   * @param tolerant whether the connector has {@code errors.tolerance=all}
   * @param reports whether there is somewhere to report failed changes to
   */
  FailurePolicy(int maxRetries, Duration backoff, boolean tolerant, boolean reports) {
    this.maxRetries = maxRetries;
    this.backoff = backoff;
    this.tolerant = tolerant;
    this.reports = reports;
  }

  /**
   * What follows.
   *
   * @param incoming the record that was being applied; null if it was none's fault alone
   */
  Outcome decide(WriteException failure, Incoming incoming) {
    return switch (failure.kind()) {
      case TRANSIENT -> again(failure);
      case DATA -> bad(failure, incoming);
      case FENCED ->
          fail(
              "Another task has taken over these partitions; this one must end. Nothing of what it"
                  + " had not committed is written: ",
              failure);
      case FATAL -> fail("", failure);
    };
  }

  /** The task stops: the rows are gone, and neither another try nor a report can help. */
  ConnectException lost(ClaimException failure, Incoming incoming) {
    return new ConnectException(
        "Nothing of "
            + Claims.at(incoming)
            + " is applied, of table "
            + incoming.part().table().id()
            + ": "
            + failure.getMessage(),
        failure);
  }

  /** What follows from a record that cannot be read. */
  Outcome unreadable(RuntimeException failure) {
    return tolerant && reports
        ? new Outcome.Report()
        : new Outcome.Fail(new ConnectException(failure.getMessage() + advice(), failure));
  }

  /** A commit succeeded: what fails next, fails for the first time. */
  void succeeded() {
    failures = 0;
  }

  private Outcome again(WriteException failure) {
    if (failures >= maxRetries) {
      return fail("Gave up after " + failures + " retries (max.retries): ", failure);
    }
    Duration wait = backoff.multipliedBy(1L << Math.min(failures, 20));
    failures++;
    Duration after = wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    LOG.warn(
        "Retry {} of {} in {} ms: {}",
        failures,
        maxRetries,
        after.toMillis(),
        failure.getMessage());
    return new Outcome.Retry(after);
  }

  private Outcome bad(WriteException failure, Incoming incoming) {
    if (tolerant && reports && incoming != null) {
      return new Outcome.Report();
    }
    return fail(incoming == null ? "" : subject(incoming), failure, advice());
  }

  private static String subject(Incoming incoming) {
    return "Table "
        + incoming.part().table().id()
        + " with key ("
        + incoming.part().table().keyColumns().stream()
            .map(Column::name)
            .collect(Collectors.joining(", "))
        + "), record at offset "
        + incoming.offset()
        + " of "
        + incoming.record().originalTopic()
        + "-"
        + incoming.record().originalKafkaPartition()
        + ": ";
  }

  private String advice() {
    if (!tolerant) {
      return ". To set failed changes aside instead of stopping, use errors.tolerance=all with"
          + " errors.deadletterqueue.topic.name.";
    }
    return reports
        ? ""
        : ". errors.tolerance=all needs somewhere to report to: set"
            + " errors.deadletterqueue.topic.name, or errors.log.enable=true.";
  }

  private static Outcome fail(String before, WriteException failure) {
    return fail(before, failure, "");
  }

  private static Outcome fail(String before, WriteException failure, String after) {
    return new Outcome.Fail(new ConnectException(before + failure.getMessage() + after, failure));
  }
}
