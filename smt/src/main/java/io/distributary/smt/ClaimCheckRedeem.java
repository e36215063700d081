package io.distributary.smt;

import io.distributary.core.claim.Claim;
import io.distributary.core.claim.ClaimException;
import io.distributary.core.claim.ClaimReader;
import io.distributary.core.claim.ClaimStore;
import io.distributary.core.claim.chunk.RowForm;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.components.Versioned;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.transforms.Transformation;

/**
 * Puts back what {@link ClaimCheckDeposit} moved to a store; on the side of any sink but
 * Distributary's own, which reads claims itself, as a stream. A unit comes back as one batch with
 * all of its rows, a record of another connector as it was, schema and value.
 *
 * <p>The record has to fit into memory: above {@code max.rows} or {@code max.bytes} it is an error.
 * A claim whose chunks are gone or damaged is a {@link ClaimException}; a store that cannot be
 * reached for now is a {@link RetriableException}.
 *
 * <p>Used by one thread, as Connect does.
 */
public final class ClaimCheckRedeem<R extends ConnectRecord<R>>
    implements Transformation<R>, Versioned {
  private ClaimStore store;
  private int maxRows;
  private int maxBytes;

  /** Made by Connect, and configured before use. */
  public ClaimCheckRedeem() {}

  @Override
  public ConfigDef config() {
    return RedeemConfig.definition();
  }

  @Override
  public String version() {
    return Version.of(ClaimCheckRedeem.class);
  }

  @Override
  public void configure(Map<String, ?> properties) {
    RedeemConfig config = new RedeemConfig(properties);
    maxRows = config.maxRows();
    maxBytes = config.maxBytes();
    store = config.store();
    StoreCheck.atStart(store);
  }

  @Override
  public R apply(R record) {
    Claim whole = SchemalessClaims.isWhole(record.value()) ? Claim.of(record.value()) : null;
    if (whole != null) {
      return redeemWhole(record, whole);
    }
    Batch batch = Batch.in(record.value());
    if (batch != null && batch.claim() != null) {
      Struct value = batch.redeemed(rows(record, batch.claim(), batch.rowSchema()));
      return with(record, value.schema(), value);
    }
    Claim schemaless = SchemalessClaims.inBatch(record.value());
    if (schemaless != null) {
      List<Struct> rows = rows(record, schemaless, null);
      return with(record, null, SchemalessClaims.redeemed((Map<?, ?>) record.value(), rows));
    }
    return record;
  }

  private R redeemWhole(R record, Claim claim) {
    try (ClaimReader reader = ClaimReader.open(store, claim, deposited(record), RowForm.STRUCTS)) {
      requireFewRows(claim);
      Object value = reader.next();
      Schema schema = reader.schema();
      requireSmall(claim, RecordSize.of(value, maxBytes));
      if (reader.hasNext()) { // if not, the whole was verified
        throw new DataException(
            "Claim " + claim.id() + " holds several values and stands for the value of one record");
      }
      return with(record, schema, value);
    }
  }

  /** The rows, all of one schema, which is the expected instance where they are equal. */
  private List<Struct> rows(R record, Claim claim, Schema expected) {
    requireFewRows(claim);
    List<Struct> rows = new ArrayList<>((int) claim.rows());
    long size = 0;
    try (ClaimReader reader = ClaimReader.open(store, claim, deposited(record), RowForm.STRUCTS)) {
      reader.expect(expected);
      while (reader.hasNext()) {
        Struct row = reader.nextRow();
        requireOneSchema(claim, rows, reader);
        size += RecordSize.of(row, maxBytes);
        requireSmall(claim, size);
        rows.add(row);
      }
    }
    return rows;
  }

  private static void requireOneSchema(Claim claim, List<Struct> rows, ClaimReader reader) {
    if (!rows.isEmpty() && !rows.get(0).schema().equals(reader.schema())) {
      throw new DataException(
          "Claim "
              + claim.id()
              + " holds rows of table "
              + reader.origin().table()
              + " with schema "
              + reader.schema().name()
              + ", which cannot stand in one record with those of schema "
              + rows.get(0).schema().name()
              + ". Use topic.layout=table on the source, or Distributary's own sink.");
    }
  }

  private void requireFewRows(Claim claim) {
    if (claim.rows() > maxRows) {
      throw tooLarge(claim, claim.rows() + " rows", RedeemConfig.MAX_ROWS, maxRows);
    }
  }

  private void requireSmall(Claim claim, long size) {
    if (size > maxBytes) {
      throw tooLarge(claim, "more bytes", RedeemConfig.MAX_BYTES, maxBytes);
    }
  }

  private static DataException tooLarge(Claim claim, String size, String key, int limit) {
    return new DataException(
        "Claim "
            + claim.id()
            + " has "
            + size
            + " than "
            + key
            + "="
            + limit
            + " allows to put back into one record. Raise "
            + key
            + " if the worker's memory can hold it, or use Distributary's own sink, which reads"
            + " claims as a stream.");
  }

  private Instant deposited(R record) {
    return record.timestamp() == null ? null : Instant.ofEpochMilli(record.timestamp());
  }

  private R with(R record, Schema schema, Object value) {
    return record.newRecord(
        record.topic(),
        record.kafkaPartition(),
        record.keySchema(),
        record.key(),
        schema,
        value,
        record.timestamp());
  }

  @Override
  public void close() {
    if (store != null) {
      store.close();
    }
  }
}
