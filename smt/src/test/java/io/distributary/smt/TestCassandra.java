package io.distributary.smt;

import io.distributary.core.claim.ClaimStore;
import io.distributary.core.claim.store.ClaimStores;
import io.distributary.quickstart.launcher.Cassandra;
import io.distributary.quickstart.launcher.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/** The real Cassandra of this test run: started once, and gone with the JVM that started it. */
final class TestCassandra {
  private static Cassandra started;

  private TestCassandra() {}

  static synchronized Cassandra node() {
    if (started == null) {
      Cassandra node = Cassandra.onFreePorts(Checkout.around(Path.of("")).cassandra(), directory());
      node.start();
      node.awaitReady();
      started = node;
    }
    return started;
  }

  private static Path directory() {
    try {
      return Files.createTempDirectory(
          Files.createDirectories(Path.of("target", "cassandra")), "node");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What it takes to use it as a store. */
  static Map<String, String> config() {
    Map<String, String> config = new HashMap<>();
    config.put("store", "cassandra");
    config.put("cassandra.contact.points", node().contactPoint());
    config.put("cassandra.local.datacenter", Cassandra.DATACENTER);
    config.put("cassandra.auto.create", "true");
    config.put("cassandra.replication.factor", "1");
    return config;
  }

  /** The store with that configuration. */
  static ClaimStore store(Map<String, String> config) {
    ConfigDef definition = new ConfigDef();
    ClaimStores.define(definition, "");
    return ClaimStores.open(new AbstractConfig(definition, config, false), "");
  }
}
