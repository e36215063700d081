package io.distributary.benchmarks;

import com.github.luben.zstd.Zstd;
import io.distributary.core.claim.Claim;
import io.distributary.core.claim.ClaimStore;
import io.distributary.smt.ClaimCheckDeposit;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.SeekableByteArrayInput;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Bytes that a row of a large unit takes in the store, against what the same rows take in Kafka as
 * batches: as Connect's JSON without schemas, the same compressed as a producer with {@code
 * compression.type=zstd} does, and in Avro's binary form.
 */
final class ClaimBytes implements Benchmark {
  private static final String GOAL = "the less, the better";

  /** Kafka's own. */
  private static final int PRODUCER_ZSTD_LEVEL = 3;

  @Override
  public List<Ratio> measure(boolean quick) throws Exception {
    int parts = quick ? 20 : 200;
    List<SourceRecord> unit = new ClaimUnits().unit(1, parts, parts);
    double rows = (double) parts * ClaimUnits.PART_ROWS;
    try (ClaimPlace place = new FilePlace(1);
        ClaimStore store = ClaimThroughput.store(place);
        ClaimCheckDeposit<SourceRecord> deposit = new ClaimCheckDeposit<>()) {
      deposit.configure(place.settings());
      Claim claim = ClaimThroughput.deposit(deposit, unit.iterator());
      double ours = claim.bytes() / rows;
      double[] json = json(unit);
      return List.of(
          new Ratio("claim-bytes-json", ours, json[0] / rows, "B/row", GOAL),
          new Ratio("claim-bytes-json-zstd", ours, json[1] / rows, "B/row", GOAL),
          new Ratio("claim-bytes-avro", ours, avro(store, claim) / rows, "B/row", GOAL));
    }
  }

  /** The bytes of all records' values, and the same compressed record by record. */
  private static double[] json(List<SourceRecord> unit) {
    double plain = 0;
    double compressed = 0;
    try (JsonConverter converter = new JsonConverter()) {
      converter.configure(Map.of("schemas.enable", false), false);
      for (SourceRecord record : unit) {
        byte[] value =
            converter.fromConnectData(record.topic(), record.valueSchema(), record.value());
        plain += value.length;
        compressed += Zstd.compress(value, PRODUCER_ZSTD_LEVEL).length;
      }
    }
    return new double[] {plain, compressed};
  }

  /** The bytes of all rows before they are compressed. */
  private static double avro(ClaimStore store, Claim claim) throws IOException {
    double sum = 0;
    for (int i = 0; i < claim.chunks(); i++) {
      byte[] chunk = store.get(claim.id(), i).toCompletableFuture().join();
      try (DataFileReader<GenericRecord> file =
          new DataFileReader<>(new SeekableByteArrayInput(chunk), new GenericDatumReader<>())) {
        while (file.hasNext()) {
          sum += file.nextBlock().remaining();
        }
      }
    }
    return sum;
  }
}
