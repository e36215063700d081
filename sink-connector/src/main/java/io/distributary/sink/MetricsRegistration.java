package io.distributary.sink;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Metrics as JMX shows them, until closed. */
final class MetricsRegistration implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsRegistration.class);

  private final ObjectName name;

  private MetricsRegistration(ObjectName name) {
    this.name = name;
  }

  /** Shows the metrics; a task that cannot show them runs all the same. */
  static MetricsRegistration of(Metrics metrics, String connector, String task) {
    try {
      ObjectName name =
          new ObjectName(
              "io.distributary:type=sink,name="
                  + (connector.matches("[\\w.-]+") ? connector : ObjectName.quote(connector))
                  + ",task="
                  + task);
      var server = ManagementFactory.getPlatformMBeanServer();
      if (server.isRegistered(name)) {
        server.unregisterMBean(name); // a task that was restarted before it ended
      }
      server.registerMBean(metrics, name);
      return new MetricsRegistration(name);
    } catch (JMException e) {
      LOG.warn("The metrics of task {} of {} are not shown", task, connector, e);
      return new MetricsRegistration(null);
    }
  }

  @Override
  public void close() {
    try {
      if (name != null && ManagementFactory.getPlatformMBeanServer().isRegistered(name)) {
        ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
      }
    } catch (JMException e) {
      LOG.warn("The metrics {} are still shown", name, e);
    }
  }
}
