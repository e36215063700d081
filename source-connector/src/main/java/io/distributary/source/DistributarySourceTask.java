package io.distributary.source;

import io.distributary.core.record.Provenance;
import io.distributary.source.capture.Capture;
import io.distributary.source.capture.Slice;
import io.distributary.source.emit.Emitter;
import io.distributary.source.emit.TopicLayout;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands what a capture finds to Kafka, a slice or some small ones at a time. */
public final class DistributarySourceTask extends SourceTask {
  private static final Logger LOG = LoggerFactory.getLogger(DistributarySourceTask.class);

  /** How often one poll looks for commits, before it tells Connect that there are none. */
  private static final long LOOKS = 50;

  /** A worker that stops the task waits for its poll. */
  private static final long LONGEST_WAIT_MS = 500;

  /**
   * How many rows are enough for one poll. Connect does for each poll what it could do for many
   * transactions at once: by default, where it is set up for exactly once, a transaction of
   * Kafka's.
   */
  private static final int ENOUGH_ROWS = 1_000;

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

  /** The records of what comes next; null when nothing was committed for a while. */
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
    List<SourceRecord> records = records(slice);
    int rows = slice.changes().size();
    // A slice that does not end its table was cut for its size: it is enough alone.
    while (slice != null && slice.endOfTable() && rows < ENOUGH_ROWS && capture.atHand()) {
      slice = capture.poll(Duration.ZERO);
      if (slice != null) {
        records.addAll(records(slice));
        rows += slice.changes().size();
      }
    }
    return records;
  }

  private List<SourceRecord> records(Slice slice) {
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
    close(signals);
    close(metrics);
    close(capture);
  }

  private static void close(AutoCloseable closeable) {
    if (closeable != null) {
      try {
        closeable.close();
      } catch (Exception e) {
        throw new ConnectException(e);
      }
    }
  }
}
