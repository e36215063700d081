package io.distributary.core.record;

import io.distributary.core.relation.Table;
import io.distributary.core.relation.TableId;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;

/**
 * Writes the changes of one table as keys and values of Connect records, in both forms: one
 * envelope per change, or one batch per part.
 *
 * <p>Not safe for use by several threads.
 */
public final class RowWriter {
  private static final Field SEQ = TableSchemas.SOURCE.field("seq");
  private static final Field LAST = TableSchemas.SOURCE.field("last");

  private final TableSchemas schemas;
  private final Provenance provenance;
  private final RowCodec codec;
  private final List<String> keyFields;
  private final List<Struct> irregular = new ArrayList<>();

  /** A writer of that table's records. */
  public RowWriter(TableSchemas schemas, Provenance provenance) {
    this.schemas = schemas;
    this.provenance = provenance;
    this.codec = new RowCodec(schemas);
    List<Field> fields = schemas.key().fields();
    this.keyFields =
        fields.subList(schemas.tableInKey() ? 1 : 0, fields.size()).stream()
            .map(Field::name)
            .toList();
  }

  /** The schemas of what this writes. */
  public TableSchemas schemas() {
    return schemas;
  }

  /** The key of the change's row; a key value that does not fit its column's schema is null. */
  public Struct key(Change change) {
    Table table = schemas.table();
    Struct key = new Struct(schemas.key());
    int field = 0;
    if (schemas.tableInKey()) {
      key.put(schemas.key().fields().get(field++), table.id().name());
    }
    for (int i = 0; i < table.keySize(); i++) {
      key.put(schemas.key().fields().get(field++), codec.field(change.image(), table.keyIndex(i)));
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
      Change change, UnitHeader header, long seq, boolean last, long order, long now) {
    Struct envelope = new Struct(schemas.envelope());
    fill(envelope, change);
    return envelope
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
    for (Change change : changes) {
      Struct row = new Struct(schemas.change());
      fill(row, change);
      rows.add(row);
    }
    return new Struct(schemas.batch())
        .put("source", source(header, part, last))
        .put("transaction", transaction(header, order, part))
        .put("ts_ms", now)
        .put("kind", header.kind().code())
        .put("part", part)
        .put("last", last)
        .put("row_count", changes.size())
        .put("key", keyFields)
        .put("rows", rows);
  }

  /** Fills what an envelope and a batch's row have in common: op, images, irregular values. */
  private void fill(Struct target, Change change) {
    target.put("op", change.op().code()).put("before", codec.struct(change.before(), irregular));
    if (change.after() != null) {
      // Values beside the row belong to one image only: a reader could not tell whose they are.
      irregular.clear();
      target.put("after", codec.struct(change.after(), irregular));
    }
    if (!irregular.isEmpty()) {
      target.put("irregular", List.copyOf(irregular));
      irregular.clear();
    }
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
        .put(SEQ, seq)
        .put(LAST, last);
  }

  private static Struct transaction(UnitHeader header, long order, long seq) {
    return new Struct(TableSchemas.TRANSACTION)
        .put("id", header.position().toString())
        .put("total_order", order + 1)
        .put("data_collection_order", seq + 1);
  }
}
