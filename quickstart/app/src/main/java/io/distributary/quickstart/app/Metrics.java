package io.distributary.quickstart.app;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.util.Set;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * What the source connector shows of itself in the worker's JMX, as any monitoring would see it.
 */
final class Metrics {
  private static final String SOURCES = "io.distributary:type=source,*";

  private final long workerPid;

  Metrics(long workerPid) {
    this.workerPid = workerPid;
  }

  /** How far the snapshots under way are, as the end of a line; empty when there are none. */
  @SuppressWarnings("BanJNDI") // the address is that of our own child, found by its process id
  String snapshotProgress() {
    try (JMXConnector connector = JMXConnectorFactory.connect(address())) {
      MBeanServerConnection worker = connector.getMBeanServerConnection();
      Set<ObjectName> sources = worker.queryNames(new ObjectName(SOURCES), null);
      for (ObjectName source : sources) {
        long total = (Long) worker.getAttribute(source, "SnapshotRowsTotal");
        long read = (Long) worker.getAttribute(source, "SnapshotRowsRead");
        if (total > 0) {
          return "  |  snapshot: %,d of %,d rows read".formatted(read, total);
        }
      }
      return "";
    } catch (IOException | JMException | AttachNotSupportedException e) {
      // Progress is a comfort; a runtime without it (a JRE) replicates all the same.
      return "";
    }
  }

  private JMXServiceURL address() throws IOException, AttachNotSupportedException {
    VirtualMachine worker = VirtualMachine.attach(Long.toString(workerPid));
    try {
      return new JMXServiceURL(worker.startLocalManagementAgent());
    } finally {
      worker.detach();
    }
  }
}
