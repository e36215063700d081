package io.distributary.smt;

import io.distributary.core.claim.Claim;
import io.distributary.core.claim.Origin;
import io.distributary.core.record.Position;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.TableId;
import java.util.List;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/** A part of a unit in a record's value, as {@code events=transaction} makes it. */
final class Batch {
  private static final String SUFFIX = ".Batch";

  private final Struct value;
  private final Struct source;
  private final Position position;
  private final UnitKind kind;

  private Batch(Struct value) {
    this.value = value;
    this.source = value.getStruct("source");
    this.position = new Position(source.getString("epoch"), source.getInt64("lsn"));
    this.kind = UnitKind.of(value.getString("kind"));
  }

  /** The batch in a record's value; null where it holds none. */
  static Batch in(Object value) {
    return value instanceof Struct struct && isBatch(struct.schema()) ? new Batch(struct) : null;
  }

  private static boolean isBatch(Schema schema) {
    Field claim = schema.field("claim");
    return schema.name() != null
        && schema.name().endsWith(SUFFIX)
        && claim != null
        && Claim.SCHEMA.name().equals(claim.schema().name())
        && schema.field("rows") != null;
  }

  Struct value() {
    return value;
  }

  Position position() {
    return position;
  }

  UnitKind kind() {
    return kind;
  }

  int part() {
    return value.getInt32("part");
  }

  boolean last() {
    return value.getBoolean("last");
  }

  /** The rows; null where they are elsewhere. */
  List<Struct> rows() {
    return value.getArray("rows");
  }

  /** Where the rows are instead; null where the batch holds them. */
  Claim claim() {
    return Claim.of(value.getStruct("claim"));
  }

  Schema rowSchema() {
    return value.schema().field("rows").schema().valueSchema();
  }

  Origin origin(String topic) {
    TableId table =
        new TableId(source.getString("db"), source.getString("schema"), source.getString("table"));
    return new Origin(topic, kind, position, table, value.getArray("key"));
  }

  /** The whole unit as one part, its rows being where the claim says. */
  Struct claimed(Claim claim) {
    return whole(value.schema(), (int) Math.min(claim.rows(), Integer.MAX_VALUE))
        .put("claim", claim.toStruct());
  }

  /**
   * The whole unit as one part that holds its rows. Their schema may differ from what the batch's
   * says, for converters do not keep all that a schema says; the rows' own is the true one.
   */
  Struct redeemed(List<Struct> rows) {
    boolean same = rows.isEmpty() || rows.get(0).schema().equals(rowSchema());
    Schema schema = same ? value.schema() : withRows(rows.get(0).schema());
    return whole(schema, rows.size()).put("rows", rows);
  }

  private Schema withRows(Schema rowSchema) {
    Schema old = value.schema();
    SchemaBuilder schema = SchemaBuilder.struct().name(old.name()).version(old.version());
    for (Field field : old.fields()) {
      boolean rows = field.name().equals("rows");
      schema.field(
          field.name(), rows ? SchemaBuilder.array(rowSchema).optional().build() : field.schema());
    }
    return schema.build();
  }

  private Struct whole(Schema schema, int rowCount) {
    Struct transaction = value.getStruct("transaction");
    Struct whole = new Struct(schema);
    copy(value, whole, "rows", "claim");
    whole
        .put("source", copy(source, new Struct(source.schema())).put("seq", 0L))
        .put("part", 0)
        .put("last", true)
        .put("row_count", rowCount);
    if (transaction != null) {
      Struct first = copy(transaction, new Struct(transaction.schema()));
      whole.put("transaction", first.put("data_collection_order", 1L));
    }
    return whole;
  }

  private static Struct copy(Struct from, Struct to, String... without) {
    List<String> left = List.of(without);
    for (Field field : from.schema().fields()) {
      if (!left.contains(field.name())) {
        to.put(field.name(), from.getWithoutDefault(field.name()));
      }
    }
    return to;
  }
}
