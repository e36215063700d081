package io.distributary.core.claim.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;

class ClaimStoresTest {
  private static final Map<String, String> CLUSTER =
      Map.of(
          "store", "cassandra",
          "cassandra.contact.points", "127.0.0.1",
          "cassandra.local.datacenter", "dc1");

  @Test
  void thereAreTwoKindsOfStore() {
    assertThat(ClaimStores.names()).containsExactly("file", "cassandra");
  }

  @Test
  void anUnknownKindIsRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> config(Map.of("store", "s3")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("file")
        .hasMessageContaining("cassandra");
  }

  @Test
  void cassandraHasDefaultsForAllButItsPlace() {
    CassandraSettings settings = CassandraSettings.of(new StoreValues(config(CLUSTER), ""));

    assertThat(settings)
        .isEqualTo(
            new CassandraSettings(
                List.of("127.0.0.1"),
                "dc1",
                "distributary",
                "claims",
                "",
                "",
                new CassandraTls(false, true, "", "", "", ""),
                DefaultConsistencyLevel.LOCAL_QUORUM,
                7 * 24 * 3600,
                Duration.ofSeconds(10),
                false,
                3,
                16,
                "V5"));
    assertThat(settings.addresses()).extracting(InetSocketAddress::getPort).containsExactly(9042);
  }

  @Test
  void everyCassandraKeyCanBeSet() {
    Map<String, String> all = new HashMap<>();
    all.put("store", "cassandra");
    all.put("cassandra.contact.points", "127.0.0.1:19042,127.0.0.2:19043");
    all.put("cassandra.local.datacenter", "dc2");
    all.put("cassandra.keyspace", "ks");
    all.put("cassandra.table", "chunks");
    all.put("cassandra.username", "me");
    all.put("cassandra.password", "secret");
    all.put("cassandra.tls", "true");
    all.put("cassandra.tls.hostname.validation", "false");
    all.put("cassandra.tls.truststore.path", "/t");
    all.put("cassandra.tls.truststore.password", "tp");
    all.put("cassandra.tls.keystore.path", "/k");
    all.put("cassandra.tls.keystore.password", "kp");
    all.put("cassandra.consistency", "QUORUM");
    all.put("cassandra.ttl.seconds", "60");
    all.put("cassandra.request.timeout.ms", "5");
    all.put("cassandra.auto.create", "true");
    all.put("cassandra.replication.factor", "1");
    all.put("cassandra.max.in.flight", "2");
    all.put("cassandra.protocol.version", "V4");

    CassandraSettings settings = CassandraSettings.of(new StoreValues(config(all), ""));

    assertThat(settings)
        .isEqualTo(
            new CassandraSettings(
                List.of("127.0.0.1:19042", "127.0.0.2:19043"),
                "dc2",
                "ks",
                "chunks",
                "me",
                "secret",
                new CassandraTls(true, false, "/t", "tp", "/k", "kp"),
                DefaultConsistencyLevel.QUORUM,
                60,
                Duration.ofMillis(5),
                true,
                1,
                2,
                "V4"));
    assertThat(settings.toString()).doesNotContain("secret", "tp", "kp");
  }

  @Test
  void cassandrasPlaceMustBeNamed() {
    Map<String, String> without = new HashMap<>(CLUSTER);
    without.remove("cassandra.contact.points");
    assertThatThrownBy(() -> ClaimStores.open(config(without), ""))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("cassandra.contact.points");

    Map<String, String> nowhere = new HashMap<>(CLUSTER);
    nowhere.remove("cassandra.local.datacenter");
    assertThatThrownBy(() -> ClaimStores.open(config(nowhere), ""))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("cassandra.local.datacenter");

    Map<String, String> odd = new HashMap<>(CLUSTER);
    odd.put("cassandra.contact.points", "host:port");
    assertThatThrownBy(() -> ClaimStores.open(config(odd), ""))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("host:port");
  }

  @Test
  void namesThatCqlDoesNotTakeAreRefused() {
    Map<String, String> injected = new HashMap<>(CLUSTER);
    injected.put("cassandra.table", "t; DROP TABLE x");

    assertThatThrownBy(() -> config(injected))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("cassandra.table");
  }

  private static AbstractConfig config(Map<String, String> values) {
    ConfigDef definition = new ConfigDef();
    ClaimStores.define(definition, "");
    return new AbstractConfig(definition, values, false);
  }
}
