package io.distributary.smt;

import io.distributary.core.claim.Claim;
import io.distributary.core.claim.ClaimStore;
import io.distributary.core.claim.ClaimWriter;
import io.distributary.core.claim.ClaimWriter.ChunkLimit;
import io.distributary.core.claim.Origin;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.components.Versioned;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.transforms.Transformation;

/**
 * Moves large units to a claim-check store and leaves a reference in Kafka; on the source side.
 *
 * <p>A unit of several parts, or over a threshold, goes to the store as its parts pass. All parts
 * but the last are dropped; the last stands for the whole unit, with a claim in place of its rows,
 * and only when every chunk is durable. Records of other connectors over {@code threshold.bytes}
 * are stored whole: the claim becomes their value. All else passes untouched.
 *
 * <p>A store that cannot be reached for now is a {@link RetriableException}: set {@code
 * errors.retry.timeout=-1} so that Connect waits for it. Where Connect gives up on a record, the
 * task stops before anything follows it, {@code errors.tolerance=all} or not.
 *
 * <p>Used by one thread, as Connect does.
 */
public final class ClaimCheckDeposit<R extends ConnectRecord<R>>
    implements Transformation<R>, Versioned {
  private ClaimStore store;
  private UnitDeposits units;
  private Formats formats;
  private ChunkLimit chunkLimit;
  private int thresholdBytes;
  private DropGuard guard;

  /** Made by Connect, and configured before use. */
  public ClaimCheckDeposit() {}

  @Override
  public ConfigDef config() {
    return DepositConfig.definition();
  }

  @Override
  public String version() {
    return Version.of(ClaimCheckDeposit.class);
  }

  @Override
  public void configure(Map<String, ?> properties) {
    DepositConfig config = new DepositConfig(properties);
    start(config, config.store());
  }

  /** Begins with a store that somebody else made. */
  void start(DepositConfig config, ClaimStore opened) {
    store = opened;
    formats = new Formats();
    units = new UnitDeposits(store, config, formats);
    chunkLimit = config.chunkLimit();
    thresholdBytes = config.thresholdBytes();
    guard = new DropGuard();
    StoreCheck.atStart(store);
  }

  @Override
  public R apply(R record) {
    guard.admit(record);
    try {
      R deposited = deposited(record);
      guard.passed();
      return deposited;
    } catch (RuntimeException e) {
      if (mayBeDropped(record, e)) {
        guard.passed();
      } else {
        guard.failed(record, e);
      }
      throw e;
    }
  }

  /**
   * A record that cannot be stored whatever the store does is the user's to tolerate; no unit is.
   */
  private boolean mayBeDropped(R record, RuntimeException failure) {
    return failure instanceof DataException && Batch.in(record.value()) == null;
  }

  private R deposited(R record) {
    Batch part = Batch.in(record.value());
    if (part == null) {
      return isLarge(record.value()) ? with(record, depositWhole(record).toRecord()) : record;
    }
    if (units.stays(record.topic(), part)) {
      return record;
    }
    Struct claimed = units.deposit(record.topic(), part);
    return claimed == null ? null : with(record, claimed);
  }

  private boolean isLarge(Object value) {
    return value != null && RecordSize.of(value, thresholdBytes) > thresholdBytes;
  }

  private Claim depositWhole(R record) {
    ClaimWriter writer = new ClaimWriter(store, chunkLimit);
    writer.next(formats.of(record.valueSchema()), Origin.ofRecord(record.topic()));
    writer.add(record.value());
    return writer.finish();
  }

  private R with(R record, Struct value) {
    return record.newRecord(
        record.topic(),
        record.kafkaPartition(),
        record.keySchema(),
        record.key(),
        value.schema(),
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
