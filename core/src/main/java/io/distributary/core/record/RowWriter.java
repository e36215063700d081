package io.distributary.core.record;

import io.distributary.core.relation.Table;
import java.util.ArrayList;
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
  private final SourceBlock source;
  private final RowCodec codec;
  private final Field[] key;
  private final List<String> keyFields;
  private final ChangeFields envelope;
  private final ChangeFields row;
  private final Field envelopeSource;
  private final Field envelopeTime;
  private final Field envelopeTransaction;
  private final List<Struct> irregular = new ArrayList<>();

  /** A writer of that table's records. */
  public RowWriter(TableSchemas schemas, Provenance provenance) {
    this.schemas = schemas;
    this.source = new SourceBlock(provenance, schemas.table().id());
    this.codec = new RowCodec(schemas);
    List<Field> fields = schemas.key().fields();
    this.key = fields.toArray(Field[]::new);
    this.keyFields =
        fields.subList(schemas.tableInKey() ? 1 : 0, fields.size()).stream()
            .map(Field::name)
            .toList();
    this.envelope = new ChangeFields(schemas.envelope());
    this.row = new ChangeFields(schemas.change());
    this.envelopeSource = schemas.envelope().field("source");
    this.envelopeTime = schemas.envelope().field("ts_ms");
    this.envelopeTransaction = schemas.envelope().field("transaction");
  }

  /** The schemas of what this writes. */
  public TableSchemas schemas() {
    return schemas;
  }

  /**
   * The key of the change's row. A key value that does not fit its column's schema is null, and so
   * are all where the change speaks of no row.
   */
  public Struct key(Change change) {
    Table table = schemas.table();
    Object[] image = change.image();
    Struct struct = new PutCheckedStruct(schemas.key());
    int field = 0;
    if (schemas.tableInKey()) {
      struct.put(key[field++], table.id().name());
    }
    for (int i = 0; image != null && i < table.keySize(); i++) {
      struct.put(key[field++], codec.field(image, table.keyIndex(i)));
    }
    return struct;
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
    Struct struct = new PutCheckedStruct(schemas.envelope());
    fill(struct, envelope, change);
    return struct
        .put(envelopeSource, source.source(header, seq, last))
        .put(envelopeTime, now)
        .put(envelopeTransaction, source.transaction(header, order, seq));
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
      Struct struct = new PutCheckedStruct(schemas.change());
      fill(struct, row, change);
      rows.add(struct);
    }
    return new PutCheckedStruct(schemas.batch())
        .put("source", source.source(header, part, last))
        .put("transaction", source.transaction(header, order, part))
        .put("ts_ms", now)
        .put("kind", header.kind().code())
        .put("part", part)
        .put("last", last)
        .put("row_count", changes.size())
        .put("key", keyFields)
        .put("rows", rows);
  }

  /** Fills what an envelope and a batch's row have in common: op, images, irregular values. */
  private void fill(Struct target, ChangeFields fields, Change change) {
    target.put(fields.op, change.op().code());
    if (change.before() != null) {
      target.put(fields.before, codec.struct(change.before(), irregular));
    }
    if (change.after() != null) {
      // Values beside the row belong to one image only: a reader could not tell whose they are.
      irregular.clear();
      target.put(fields.after, codec.struct(change.after(), irregular));
    }
    if (!irregular.isEmpty()) {
      target.put(fields.irregular, List.copyOf(irregular));
      irregular.clear();
    }
  }

  /** The fields of a change, in an envelope or in a batch's row. */
  private static final class ChangeFields {
    private final Field op;
    private final Field before;
    private final Field after;
    private final Field irregular;

    ChangeFields(Schema schema) {
      op = schema.field("op");
      before = schema.field("before");
      after = schema.field("after");
      irregular = schema.field("irregular");
    }
  }
}
