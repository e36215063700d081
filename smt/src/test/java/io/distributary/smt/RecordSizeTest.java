package io.distributary.smt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

class RecordSizeTest {
  /** Batches hold nulls and names, which is most of what JSON takes. */
  @Test
  void theSizeIsAboutThatOfJsonWithoutSchema() {
    SourceRecord record = Units.of("prices").unit(7, 1000).get(0);

    long size = RecordSize.of(record.value(), Long.MAX_VALUE);

    assertThat(size).isBetween(json(record) * 7 / 10, json(record) * 13 / 10);
  }

  private static long json(SourceRecord record) {
    try (JsonConverter converter = new JsonConverter()) {
      converter.configure(Map.of("schemas.enable", false), false);
      return converter.fromConnectData("t", record.valueSchema(), record.value()).length;
    }
  }

  @Test
  void textCountsItsBytes() {
    assertThat(RecordSize.of("aä€𝄞", 100) - RecordSize.of("", 100)).isEqualTo(1 + 2 + 3 + 4);
  }

  @Test
  void countingEndsWhenTheLimitIsPassed() {
    byte[] bytes = new byte[1000];

    assertThat(RecordSize.of(java.util.List.of(bytes, bytes, bytes), 100)).isBetween(100L, 2000L);
  }
}
