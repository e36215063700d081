package io.distributary.quickstart.app;

import io.distributary.core.claim.ClaimStore;
import io.distributary.core.claim.StoredClaim;
import io.distributary.core.claim.store.ClaimStores;
import io.distributary.quickstart.launcher.Cassandra;
import io.distributary.quickstart.launcher.Checkout;
import io.distributary.quickstart.launcher.LaunchException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.errors.ConnectException;

/** Where units go that are too large for Kafka: a directory, or a Cassandra of its own. */
final class ClaimCheck implements AutoCloseable {
  private final Map<String, String> settings;
  private final String suffix;
  private final Cassandra cassandra;
  private ClaimStore store;

  private ClaimCheck(Map<String, String> settings, String suffix, Cassandra cassandra) {
    this.settings = settings;
    this.suffix = suffix;
    this.cassandra = cassandra;
  }

  /**
   * The claim check that was asked for, not started yet.
   *
   * @throws LaunchException when what it runs was not built
   */
  static ClaimCheck of(Options options, Checkout checkout) {
    return options.claimCheck().equals("cassandra")
        ? cassandra(options, checkout)
        : new ClaimCheck(
            Map.of("file.directory", options.data().resolve("claims").toString()), "", null);
  }

  private static ClaimCheck cassandra(Options options, Checkout checkout) {
    if (!Files.isDirectory(checkout.cassandra())) {
      throw new LaunchException(
          checkout.cassandra()
              + " is missing: build it with ./mvnw package -pl quickstart/cassandra");
    }
    int port = options.cassandraPort();
    Cassandra node =
        Cassandra.on(
            checkout.cassandra(), options.data().resolve("cassandra"), port, port + 1, port + 2);
    return new ClaimCheck(
        Map.of(
            "cassandra.contact.points",
            node.contactPoint(),
            "cassandra.local.datacenter",
            Cassandra.DATACENTER,
            // Whoever comes first: source, sinks or the status line.
            "cassandra.auto.create",
            "true",
            "cassandra.replication.factor",
            "1"),
        "-cassandra",
        node);
  }

  /** Starts what it needs, and returns at once. */
  void start() {
    if (cassandra != null) {
      cassandra.start();
    }
  }

  /** Returns when it can be used. */
  void awaitReady() {
    if (cassandra != null) {
      cassandra.awaitReady();
    }
  }

  /** What the names of its configuration files end with. */
  String suffix() {
    return suffix;
  }

  /** What goes over the source's configuration file. */
  Map<String, String> source() {
    return prefixed("transforms.deposit.");
  }

  /** What goes over a sink's configuration file. */
  Map<String, String> sink() {
    return prefixed("claim.");
  }

  private Map<String, String> prefixed(String prefix) {
    Map<String, String> prefixed = new HashMap<>();
    settings.forEach((key, value) -> prefixed.put(prefix + key, value));
    return prefixed;
  }

  /**
   * What the claims command needs to know.
   *
   * @param connect the worker's REST address
   * @param kafka bootstrap servers
   */
  Map<String, String> command(String connect, String kafka) {
    Map<String, String> command = new HashMap<>(settings);
    command.put(ClaimStores.STORE, kind());
    command.put("connect.url", connect);
    command.put("kafka.bootstrap.servers", kafka);
    return command;
  }

  private String kind() {
    return cassandra == null ? "file" : "cassandra";
  }

  /** How much is in the store, for people to read. */
  String line() {
    try {
      List<StoredClaim> claims = store().list();
      long chunks = claims.stream().mapToLong(StoredClaim::chunks).sum();
      long bytes = claims.stream().mapToLong(StoredClaim::bytes).sum();
      return "claim check %d units, %d chunks, %.1f MB"
          .formatted(claims.size(), chunks, bytes / 1e6);
    } catch (ConnectException e) {
      return "claim check not readable yet";
    }
  }

  private ClaimStore store() {
    if (store == null) {
      Map<String, String> config = new HashMap<>(settings);
      config.put(ClaimStores.STORE, kind());
      ConfigDef definition = new ConfigDef();
      ClaimStores.define(definition, "");
      store = ClaimStores.open(new AbstractConfig(definition, config, false), "");
    }
    return store;
  }

  @Override
  public void close() {
    if (store != null) {
      store.close();
    }
    if (cassandra != null) {
      cassandra.close();
    }
  }
}
