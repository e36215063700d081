package io.distributary.source;

import io.distributary.source.capture.Capture;
import io.distributary.source.capture.Slice;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A task's metrics in JMX, from start to stop. */
final class SourceMetrics implements SourceMetricsMXBean, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SourceMetrics.class);

  private final Capture capture;
  private final ObjectName name;
  private final AtomicLong rows = new AtomicLong();
  private final AtomicLong transactions = new AtomicLong();

  private SourceMetrics(Capture capture, ObjectName name) {
    this.capture = capture;
    this.name = name;
  }

  /** Metrics under the connector's name; a task of that name which was lost is replaced. */
  static SourceMetrics register(String connector, Capture capture) {
    try {
      ObjectName name =
          new ObjectName("io.distributary:type=source,name=" + ObjectName.quote(connector));
      SourceMetrics metrics = new SourceMetrics(capture, name);
      MBeanServer server = ManagementFactory.getPlatformMBeanServer();
      if (server.isRegistered(name)) {
        server.unregisterMBean(name);
      }
      server.registerMBean(metrics, name);
      return metrics;
    } catch (JMException e) {
      throw new IllegalStateException("The metrics of " + connector + " cannot be shown", e);
    }
  }

  void count(Slice slice) {
    rows.addAndGet(slice.changes().size());
    if (slice.endOfTransaction() && slice.table() != null) {
      transactions.incrementAndGet();
    }
  }

  @Override
  public String getEpoch() {
    return capture.metrics().epoch();
  }

  @Override
  public long getLastLsn() {
    return capture.metrics().lsn();
  }

  @Override
  public long getLogDepth() {
    return capture.metrics().logDepth();
  }

  @Override
  public long getRowsEmitted() {
    return rows.get();
  }

  @Override
  public long getTransactionsEmitted() {
    return transactions.get();
  }

  @Override
  public long getSnapshotRowsRead() {
    return capture.metrics().snapshotRowsRead();
  }

  @Override
  public long getSnapshotRowsTotal() {
    return capture.metrics().snapshotRowsTotal();
  }

  @Override
  public long getOldestTransactionMs() {
    return capture.metrics().oldestTransactionMs();
  }

  @Override
  public Map<String, String> getTableStates() {
    return capture.metrics().tables();
  }

  @Override
  public void close() {
    try {
      ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
    } catch (JMException e) {
      LOG.debug("The metrics {} were gone already", name, e);
    }
  }
}
