package io.distributary.source;

import io.distributary.core.record.Provenance;
import io.distributary.source.capture.Capture;
import io.distributary.source.capture.Slice;
import io.distributary.source.emit.Emitter;
import io.distributary.source.emit.TopicLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands what a capture finds to Kafka, slice by slice. */
public final class DistributarySourceTask extends SourceTask {
  private static final Logger LOG = LoggerFactory.getLogger(DistributarySourceTask.class);

  /** How often one poll looks for commits, before it tells Connect that there are none. */
  private static final long LOOKS = 50;

  /** A worker that stops the task waits for its poll. */
  private static final long LONGEST_WAIT_MS = 500;

  /**
   * How many rows, or records, go to Kafka together where they are at hand. An exactly-once worker
   * that defines the boundaries itself commits after each poll: one for every record would be most
   * of its work.
   */
  private static final int ENOUGH = 1_000;

  private Duration wait;
  private Capture capture;
  private Emitter emitter;
  private Boundaries boundaries;
  private Acknowledgements acknowledgements;
  private SignalTopic signals;
  private SnapshotLog snapshots;
  private SourceMetrics metrics;

  @Override
  public String version() {
    return Version.current();
  }

  @Override
  public void start(Map<String, String> settings) {
    SourceConfig config = new SourceConfig(settings);
    wait = Duration.ofMillis(Math.min(LONGEST_WAIT_MS, LOOKS * config.pollIntervalMs()));
    boundaries = Boundaries.of(settings, context);
    Provenance provenance =
        new Provenance(version(), Captures.connector(config), config.topicPrefix());
    Map<String, String> partition = Emitter.partition(config.topicPrefix());
    Map<String, Object> bookmark =
        Emitter.bookmark(context.offsetStorageReader().offset(partition));
    emitter = new Emitter(config.emit(provenance), bookmark);
    capture = Captures.open(config, bookmark);
    Set<String> tables = new TreeSet<>(capture.metrics().tables().keySet());
    LOG.info(
        "Capturing {} of {} for {}, {}",
        tables,
        config.shownUrl(),
        config.layout() == TopicLayout.SOURCE
            ? "topic " + config.topicPrefix()
            : "topics " + config.topicPrefix() + ".*",
        bookmark == null ? "from the beginning" : "on from " + bookmark);
    Emitter.requireDistinct(config.emit(provenance), tables);
    SignalTopic.requireOwn(config, tables);
    snapshots = new SnapshotLog();
    acknowledgements = new Acknowledgements(capture, context.offsetStorageReader(), partition);
    metrics = SourceMetrics.register(config.connector(), capture);
    if (!config.signalClient().isEmpty()) {
      signals = SignalTopic.open(config, config.connector(), capture);
    }
  }

  /** The records of what was committed; null when that was nothing for a while. */
  @Override
  public List<SourceRecord> poll() throws InterruptedException {
    acknowledgements.pass();
    if (signals != null) {
      signals.pass();
    }
    Slice slice = capture.poll(wait);
    if (slice == null) {
      return null;
    }
    List<SourceRecord> records = new ArrayList<>();
    int rows = 0;
    while (slice != null) {
      records.addAll(emit(slice));
      rows += slice.changes().size();
      // A slice that is not its table's last is as large as one may be.
      boolean more = slice.endOfTable() && Math.max(rows, records.size()) < ENOUGH;
      slice = more ? capture.atHand() : null;
    }
    return records;
  }

  private List<SourceRecord> emit(Slice slice) {
    List<SourceRecord> records = emitter.emit(slice);
    boundaries.mark(slice, records);
    snapshots.note(slice);
    metrics.count(slice);
    return records;
  }

  /** Connect has stored offsets; what lies behind them may be forgotten in the source. */
  @Override
  public void commit() {
    acknowledgements.stored();
  }

  @Override
  public void stop() {
    ConnectException failure = null;
    for (AutoCloseable closeable : Arrays.asList(signals, metrics, capture)) {
      failure = close(closeable, failure);
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Closes one of several, of which all are to be closed whatever fails. */
  private static ConnectException close(AutoCloseable closeable, ConnectException failure) {
    try {
      if (closeable != null) {
        closeable.close();
      }
      return failure;
    } catch (Exception e) {
      if (failure != null) {
        failure.addSuppressed(e);
        return failure;
      }
      return e instanceof ConnectException known ? known : new ConnectException(e);
    }
  }
}
