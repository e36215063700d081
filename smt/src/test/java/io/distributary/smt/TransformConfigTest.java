package io.distributary.smt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.core.claim.ClaimStore;
import io.distributary.core.claim.ClaimWriter.ChunkLimit;
import io.distributary.core.config.ConfigReference;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;

class TransformConfigTest {
  @Test
  void aDepositNeedsOnlyItsStore() {
    DepositConfig config = new DepositConfig(Map.of("file.directory", "/tmp/claims"));

    assertThat(config.thresholdRows()).isEqualTo(1000);
    assertThat(config.thresholdBytes()).isEqualTo(900_000);
    assertThat(config.chunkLimit()).isEqualTo(new ChunkLimit(1000, 4 << 20));
    try (ClaimStore store = config.store()) {
      assertThat(store.name()).isEqualTo("file");
    }
  }

  @Test
  void everyLimitOfADepositCanBeSet() {
    DepositConfig config =
        new DepositConfig(
            Map.of(
                "threshold.rows", "1",
                "threshold.bytes", "2",
                "chunk.rows", "3",
                "chunk.bytes", "65536"));

    assertThat(config.thresholdRows()).isEqualTo(1);
    assertThat(config.thresholdBytes()).isEqualTo(2);
    assertThat(config.chunkLimit()).isEqualTo(new ChunkLimit(3, 65_536));
  }

  @Test
  void aRedeemHasLimitsThatCanBeSet() {
    assertThat(new RedeemConfig(Map.of()).maxRows()).isEqualTo(100_000);
    assertThat(new RedeemConfig(Map.of()).maxBytes()).isEqualTo(64 << 20);
    RedeemConfig config = new RedeemConfig(Map.of("max.rows", "5", "max.bytes", "6"));
    assertThat(config.maxRows()).isEqualTo(5);
    assertThat(config.maxBytes()).isEqualTo(6);
  }

  @Test
  void aStoreWithoutItsPlaceIsAnErrorAtTheStart() {
    try (ClaimCheckDeposit<?> deposit = new ClaimCheckDeposit<>()) {
      assertThatThrownBy(() -> deposit.configure(Map.of()))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("file.directory");
    }
  }

  @Test
  void aLimitOfNothingIsRefused() {
    assertThatThrownBy(() -> new DepositConfig(Map.of("chunk.rows", "0")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("chunk.rows");
  }

  @Test
  void everyKeyIsDocumentedAndGrouped() {
    try (ClaimCheckDeposit<?> deposit = new ClaimCheckDeposit<>();
        ClaimCheckRedeem<?> redeem = new ClaimCheckRedeem<>()) {
      assertDocumented(deposit.config());
      assertDocumented(redeem.config());
    }
  }

  private static void assertDocumented(ConfigDef definition) {
    for (ConfigDef.ConfigKey key : definition.configKeys().values()) {
      assertThat(key.documentation).as(key.name).isNotBlank();
      assertThat(key.group).as(key.name).isNotBlank();
      assertThat(key.displayName).as(key.name).isNotBlank();
      assertThat(key.name.endsWith("password"))
          .as(key.name)
          .isEqualTo(key.type == ConfigDef.Type.PASSWORD);
    }
  }

  @Test
  void theReferenceInTheDocsIsUpToDate() throws Exception {
    Path file = Path.of("../docs/configuration.md");
    Map<String, ConfigDef> sections =
        Map.of("deposit", DepositConfig.definition(), "redeem", RedeemConfig.definition());
    for (Map.Entry<String, ConfigDef> section : sections.entrySet()) {
      String reference = ConfigReference.markdown(section.getValue());
      if (Boolean.getBoolean("docs.write")) {
        ConfigReference.write(file, section.getKey(), reference);
      }
      assertThat(ConfigReference.read(file, section.getKey()))
          .as("docs/configuration.md; write it anew with ./mvnw test -Ddocs.write=true")
          .isEqualTo(reference);
    }
  }
}
