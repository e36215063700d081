package io.distributary.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The store is the one that the source connectors deposit into. */
class DepositorsTest {
  private final List<Connector> connectors = new ArrayList<>();

  @Test
  void theOnlyDepositingConnectorSaysIt() {
    connector("sink", Map.of("topics", "t"));
    connector("canonical", deposit("/claims"));

    assertThat(Depositors.settings(connectors, ""))
        .isEqualTo(Map.of("store", "file", "file.directory", "/claims"));
  }

  @Test
  void ofSeveralStoresOneIsToBeChosen() {
    connector("a", deposit("/a"));
    connector("b", deposit("/b"));
    connector("c", deposit("/b"));

    assertThat(Depositors.settings(connectors, "c")).containsEntry("file.directory", "/b");
    assertThatThrownBy(() -> Depositors.settings(connectors, ""))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("[a, b, c]")
        .hasMessageContaining("--store-of");
  }

  @Test
  void withoutADepositTheStoreIsToBeSet() {
    connector("a", Map.of("transforms", "other", "transforms.other.type", "x.Y"));

    assertThatThrownBy(() -> Depositors.settings(connectors, ""))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--config");
    assertThatThrownBy(() -> Depositors.settings(connectors, "a")).hasMessageContaining("a");
  }

  @Test
  void aSecretThatConnectKeepsIsToBeSet() {
    connector(
        "canonical",
        Map.of(
            "transforms",
            "deposit",
            "transforms.deposit.type",
            "io.distributary.smt.ClaimCheckDeposit",
            "transforms.deposit.cassandra.password",
            "${file:/secrets:cassandra}"));

    Map<String, String> kafka = Map.of("kafka.bootstrap.servers", "k:1");
    assertThatThrownBy(() -> new ClaimsConfig(kafka).store(connectors))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("cassandra.password")
        .hasMessageContaining("--config");
  }

  private static Map<String, String> deposit(String directory) {
    return Map.of(
        "transforms",
        "first, deposit",
        "transforms.first.type",
        "x.Y",
        "transforms.deposit.type",
        "io.distributary.smt.ClaimCheckDeposit",
        "transforms.deposit.store",
        "file",
        "transforms.deposit.threshold.rows",
        "7",
        "transforms.deposit.file.directory",
        directory);
  }

  private void connector(String name, Map<String, String> config) {
    connectors.add(new Connector(null, name, false, "RUNNING", config));
  }
}
