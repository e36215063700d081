package io.distributary.sink.read;

import io.distributary.core.record.Position;
import io.distributary.core.record.UnitHeader;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.TableId;
import java.util.Objects;
import org.apache.kafka.connect.data.Schema;

/** Reads the {@code source} block: who the table is, and where the unit stands. */
final class SourceBlock {
  private final Get timestamp;
  private final Get snapshot;
  private final Get database;
  private final Get schema;
  private final Get table;
  private final Get transaction;
  private final Get lsn;
  private final Get epoch;
  private final Get seq;
  private final Get last;
  private TableId lastTable;

  SourceBlock(Schema source) {
    timestamp = Get.field(source, "ts_ms");
    snapshot = Get.field(source, "snapshot");
    database = Get.field(source, "db");
    schema = Get.field(source, "schema");
    table = Get.field(source, "table");
    transaction = Get.field(source, "txId");
    lsn = Get.field(source, "lsn");
    epoch = Get.field(source, "epoch");
    seq = Get.field(source, "seq");
    last = Get.field(source, "last");
  }

  /** The table's name, the same instance as long as it is the same; null if there is none. */
  TableId table(Object source) {
    if (!(table.from(source) instanceof String name)) {
      return null;
    }
    String inDatabase = text(database.from(source));
    String inSchema = text(schema.from(source));
    if (lastTable == null
        || !lastTable.name().equals(name)
        || !Objects.equals(lastTable.database(), inDatabase)
        || !Objects.equals(lastTable.schema(), inSchema)) {
      lastTable = new TableId(inDatabase, inSchema, name);
    }
    return lastTable;
  }

  /**
   * The position; null where another connector wrote the record, and for rows that are ordered by
   * key only, whose epoch is empty: they have no common history to compare.
   */
  Position position(Object source) {
    return epoch.from(source) instanceof String of && !of.isEmpty()
        ? new Position(of, ((Number) lsn.from(source)).longValue())
        : null;
  }

  UnitHeader header(UnitKind kind, Position position, Object source) {
    Object at = timestamp.from(source);
    Object number = transaction.from(source);
    return new UnitHeader(
        kind,
        position,
        at instanceof Number millis ? millis.longValue() : 0,
        number instanceof Number id ? id.longValue() : null);
  }

  /** Whether the row was read by a snapshot. */
  boolean snapshot(Object source) {
    return "true".equals(snapshot.from(source));
  }

  long seq(Object source) {
    return ((Number) seq.from(source)).longValue();
  }

  boolean last(Object source) {
    return Boolean.TRUE.equals(last.from(source));
  }

  private static String text(Object value) {
    return value instanceof String text ? text : null;
  }
}
