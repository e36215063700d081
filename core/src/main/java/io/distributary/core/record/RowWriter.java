package io.distributary.core.record;

import io.distributary.core.relation.Table;
import io.distributary.core.relation.TableId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/**
 * Writes the changes of one table as keys and values of Connect records, in both forms: one
 * envelope per change, or one batch per part.
 *
 * <p>Not safe for use by several threads.
 */
public final class RowWriter {
  private final TableSchemas schemas;
  private final Provenance provenance;
  private final RowCodec codec;
  private final Field[] keyFields;
  private final List<String> keyColumns;
  private final Parts envelope;
  private final Parts change;
  private final List<Struct> irregular = new ArrayList<>();

  /** A writer of that table's records. */
  public RowWriter(TableSchemas schemas, Provenance provenance) {
    this.schemas = schemas;
    this.provenance = provenance;
    this.codec = new RowCodec(schemas);
    this.keyFields = schemas.key().fields().toArray(Field[]::new);
    this.keyColumns =
        Arrays.stream(keyFields).skip(schemas.tableInKey() ? 1 : 0).map(Field::name).toList();
    this.envelope = new Parts(schemas.envelope());
    this.change = new Parts(schemas.change());
  }

  /** The schemas of what this writes. */
  public TableSchemas schemas() {
    return schemas;
  }

  /**
   * The key of the change's row. A value that does not fit its column's schema is null, and so are
   * all where the change speaks of no row.
   */
  public Struct key(Change change) {
    Table table = schemas.table();
    Struct key = new Struct(schemas.key());
    int field = 0;
    if (schemas.tableInKey()) {
      key.put(keyFields[field++], table.id().name());
    }
    Object[] image = change.image();
    for (int i = 0; image != null && i < table.keySize(); i++) {
      key.put(keyFields[field++], codec.field(image, table.keyIndex(i)));
    }
    return key;
  }

  /**
   * The change in its envelope.
   *
   * @param seq the change's index inside its unit, from 0
   * @param last whether it ends the unit
   * @param order the change's index inside its source transaction, over all tables, from 0
   * @param now when it was written, in milliseconds since 1970 UTC
   */
  public Struct envelope(
      Change row, UnitHeader header, long seq, boolean last, long order, long now) {
    return struct(envelope, row)
        .put("source", source(header, seq, last))
        .put("ts_ms", now)
        .put("transaction", transaction(header, order, seq));
  }

  /**
   * A part of a unit as one record.
   *
   * @param part the part's number, from 0
   * @param last whether it ends the unit
   * @param order the part's index inside its source transaction, over all tables, from 0
   * @param now when it was written, in milliseconds since 1970 UTC
   */
  public Struct batch(
      List<Change> changes, UnitHeader header, int part, boolean last, long order, long now) {
    List<Struct> rows = new ArrayList<>(changes.size());
    for (Change row : changes) {
      rows.add(struct(change, row));
    }
    return new Struct(schemas.batch())
        .put("source", source(header, part, last))
        .put("transaction", transaction(header, order, part))
        .put("ts_ms", now)
        .put("kind", header.kind().code())
        .put("part", part)
        .put("last", last)
        .put("row_count", changes.size())
        .put("key", keyColumns)
        .put("rows", rows);
  }

  /** What an envelope and a batch's row have in common: op, images, irregular values. */
  private Struct struct(Parts parts, Change row) {
    Struct struct = new Struct(parts.schema);
    struct.put(parts.op, row.op().code());
    struct.put(parts.before, codec.struct(row.before(), irregular));
    if (row.after() != null) {
      // Values beside the row belong to one image only: a reader could not tell whose they are.
      irregular.clear();
      struct.put(parts.after, codec.struct(row.after(), irregular));
    }
    if (!irregular.isEmpty()) {
      struct.put(parts.irregular, List.copyOf(irregular));
      irregular.clear();
    }
    return struct;
  }

  private Struct source(UnitHeader header, long seq, boolean last) {
    TableId id = schemas.table().id();
    return new Struct(TableSchemas.SOURCE)
        .put("version", provenance.version())
        .put("connector", provenance.connector())
        .put("name", provenance.name())
        .put("ts_ms", header.timestamp())
        .put("snapshot", header.kind() == UnitKind.SNAPSHOT ? "true" : "false")
        .put("db", id.database())
        .put("schema", id.schema())
        .put("table", id.name())
        .put("txId", header.transactionId())
        .put("lsn", header.position().lsn())
        .put("epoch", header.position().epoch())
        .put("seq", seq)
        .put("last", last);
  }

  private static Struct transaction(UnitHeader header, long order, long seq) {
    return new Struct(TableSchemas.TRANSACTION)
        .put("id", header.position().toString())
        .put("total_order", order + 1)
        .put("data_collection_order", seq + 1);
  }

  /** The fields that are filled per row, found once. */
  private static final class Parts {
    private final Schema schema;
    private final Field op;
    private final Field before;
    private final Field after;
    private final Field irregular;

    Parts(Schema schema) {
      this.schema = schema;
      op = schema.field("op");
      before = schema.field("before");
      after = schema.field("after");
      irregular = schema.field("irregular");
    }
  }
}
