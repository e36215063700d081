package io.distributary.core.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;

class SnapshotRequestTest {
  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void whatIsWrittenIsReadBack() {
    SnapshotRequest request = new SnapshotRequest("odd \"name\" é");

    assertThat(SnapshotRequest.parse(request.value())).isEqualTo(request);
    assertThat(SnapshotRequest.topic("shop")).isEqualTo("shop.signal");
  }

  @Test
  void peopleMayWriteItByHand() {
    assertThat(
            SnapshotRequest.parse(
                bytes("{ \"action\": \"snapshot\", \"table_name\": \"prices\", \"by\": \"me\" }")))
        .isEqualTo(new SnapshotRequest("prices"));
    assertThat(SnapshotRequest.parse(bytes("{\"action\":\"snapshot\",\"table_name\":\"*\"}")))
        .matches(SnapshotRequest::allTables);
  }

  @Test
  void anythingElseIsRefusedWithoutQuotingIt() {
    for (String wrong :
        List.of(
            "",
            "secret",
            "[1]",
            "{\"action\":\"snapshot\"}",
            "{\"action\":\"secret\",\"table_name\":\"t\"}",
            "{\"table_name\":\"t\"}")) {
      assertThatThrownBy(() -> SnapshotRequest.parse(bytes(wrong)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageNotContaining("secret");
    }
    assertThatThrownBy(() -> SnapshotRequest.parse(null)).hasMessageContaining("no JSON");
  }

  @Test
  void clientsGetWhatStandsBehindThePrefix() {
    assertThat(
            SignalSettings.client(
                Map.of(
                    "signal.kafka.bootstrap.servers",
                    "a:1",
                    "signal.kafka.security.protocol",
                    "SSL",
                    "connection.url",
                    "x")))
        .isEqualTo(Map.of("bootstrap.servers", "a:1", "security.protocol", "SSL"));
  }

  @Test
  void serversAreHostsWithPorts() {
    ConfigDef definition = new ConfigDef();
    SignalSettings.define(definition, "Where.");
    String key = SignalSettings.BOOTSTRAP_SERVERS;

    assertThat(definition.parse(Map.of(key, "a:9092, [::1]:9093"))).containsKey(key);
    assertThat(SignalSettings.configured(Map.of(key, " "))).isFalse();
    assertThatThrownBy(() -> definition.parse(Map.of(key, "a,b:1")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(key);
  }
}
