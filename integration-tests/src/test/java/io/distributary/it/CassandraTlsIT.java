package io.distributary.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.core.claim.ClaimStore;
import io.distributary.core.claim.store.ClaimStores;
import io.distributary.quickstart.launcher.Cassandra;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A claim check on a Cassandra that takes clients by TLS only, and only those that it trusts. */
class CassandraTlsIT {
  private static final String WRONG_PASSWORD = "wrong-one";

  @TempDir private static Path shared;
  private static Certificates node;
  private static Certificates client;
  private static Cassandra cassandra;

  @TempDir private Path directory;

  @BeforeAll
  static void start() throws Exception {
    node = Certificates.of("node", shared);
    client = Certificates.of("client", shared);
    cassandra = Cassandra.onFreePorts(Chain.CHECKOUT.cassandra(), shared.resolve("cassandra"));
    cassandra.configure(
        """
        client_encryption_options:
          enabled: true
          optional: false
          keystore: %s
          keystore_password: %s
          require_client_auth: true
          truststore: %s
          truststore_password: %s
          store_type: PKCS12
        """
            .formatted(
                node.keystore(),
                Certificates.PASSWORD,
                client.truststore(),
                Certificates.PASSWORD));
    cassandra.start();
    cassandra.awaitReady();
  }

  @AfterAll
  static void stop() {
    if (cassandra != null) {
      cassandra.kill();
    }
  }

  @Test
  void aUnitTravelsByTlsThroughBothConnectors() throws Exception {
    ClaimChain chain = ClaimChain.in(directory);
    try {
      Path source = chain.table(3_000);
      Path replica = directory.resolve("replica.db");
      chain
          .connectors()
          .source(
              "sqlite-source-claim-check-cassandra",
              "tls",
              source,
              settings("transforms.deposit."));
      chain
          .connectors()
          .sink(
              "sqlite-sink-claim-check-cassandra", "tls-sink", "tls", replica, settings("claim."));

      ClaimChain.awaitSame(source, replica);
      try (ClaimStore store = store(trusted())) {
        assertThat(store.list()).singleElement().matches(claim -> claim.chunks() == 3);
      }
    } finally {
      chain.end();
    }
  }

  @Test
  void aTruststoreWithoutTheNodesCertificateIsNamed() {
    Map<String, String> config = trusted();
    config.put("cassandra.tls.truststore.path", client.truststore().toString());

    assertRefused(config, "cassandra.tls.truststore.path", client.truststore().toString());
  }

  @Test
  void theJvmsOwnTruststoreIsNamedWhereNoneIsSet() {
    Map<String, String> config = trusted();
    config.remove("cassandra.tls.truststore.path");

    assertRefused(config, "cassandra.tls.truststore.path", "the JVM's own");
  }

  @Test
  void aTruststoreThatIsNotThereIsNamed() {
    Map<String, String> config = trusted();
    config.put("cassandra.tls.truststore.path", "/absent.p12");

    assertRefused(config, "cassandra.tls.truststore.path", "/absent.p12");
  }

  @Test
  void aWrongPasswordIsNamedAndNotShown() {
    Map<String, String> config = trusted();
    config.put("cassandra.tls.keystore.password", WRONG_PASSWORD);

    assertRefused(config, "cassandra.tls.keystore.password");
  }

  @Test
  void aClientWithoutACertificateIsToldThatTheNodeMayAskForOne() {
    Map<String, String> config = trusted();
    config.remove("cassandra.tls.keystore.path");

    assertRefused(config, "cassandra.tls.keystore.path");
  }

  @Test
  void aClientWithoutTlsIsToldThatTheNodeMayAskForIt() {
    Map<String, String> config = trusted();
    config.put("cassandra.tls", "false");

    try (ClaimStore store = store(config)) {
      assertThatThrownBy(store::check)
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("cassandra.tls=true");
    }
  }

  @Test
  void aNodeWithoutTlsIsToldFromOneThatIsNotTrusted() throws Exception {
    Map<String, String> config = trusted();
    config.put("cassandra.contact.points", ClaimChain.in(directory).cassandra().contactPoint());

    assertRefused(config, "cassandra.tls=false");
  }

  private static void assertRefused(Map<String, String> config, String... named) {
    try (ClaimStore store = store(config)) {
      assertThatThrownBy(store::check)
          .isInstanceOf(ConnectException.class)
          .isNotInstanceOf(RetriableException.class)
          .message()
          .contains(named)
          .doesNotContain(Certificates.PASSWORD, WRONG_PASSWORD);
    }
  }

  private static ClaimStore store(Map<String, String> config) {
    ConfigDef definition = new ConfigDef();
    ClaimStores.define(definition, "");
    return ClaimStores.open(new AbstractConfig(definition, config, false), "");
  }

  /** What it takes to use the node. */
  private static Map<String, String> trusted() {
    return new HashMap<>(
        Map.of(
            "store",
            "cassandra",
            "cassandra.contact.points",
            cassandra.contactPoint(),
            "cassandra.local.datacenter",
            Cassandra.DATACENTER,
            "cassandra.auto.create",
            "true",
            "cassandra.replication.factor",
            "1",
            "cassandra.tls",
            "true",
            "cassandra.tls.truststore.path",
            node.truststore().toString(),
            "cassandra.tls.truststore.password",
            Certificates.PASSWORD,
            "cassandra.tls.keystore.path",
            client.keystore().toString(),
            "cassandra.tls.keystore.password",
            Certificates.PASSWORD));
  }

  /** The same as settings of a connector. */
  private static String[] settings(String prefix) {
    List<String> settings = new ArrayList<>();
    trusted()
        .forEach(
            (key, value) -> {
              settings.add(prefix + key);
              settings.add(value);
            });
    return settings.toArray(String[]::new);
  }
}
