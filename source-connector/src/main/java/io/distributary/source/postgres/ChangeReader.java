package io.distributary.source.postgres;

import io.distributary.core.claim.chunk.RowFormat;
import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import io.distributary.core.relation.Table;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/**
 * Makes changes of Debezium's envelopes of one table and schema: at once, or after they have been
 * in a spool file, as envelopes of what matters. Not for several threads.
 */
final class ChangeReader {
  private final CapturedTable source;
  private final Schema envelope;
  private final Field op;
  private final Field before;
  private final Field after;
  private final RowShape shape;
  private Schema spooled;
  private RowFormat format;

  /** For the envelopes of that schema. */
  ChangeReader(CapturedTable source, Schema envelope, RowShapes shapes) {
    this.source = source;
    this.envelope = envelope;
    this.op = envelope.field("op");
    this.before = envelope.field("before");
    this.after = envelope.field("after");
    this.shape = shapes.of(source, after.schema());
  }

  /** Whether envelopes of a schema and table can be read as well. */
  boolean reads(CapturedTable table, Schema other) {
    return source.equals(table) && envelope.equals(other);
  }

  /** The table that the changes belong to. */
  Table table() {
    return shape.table();
  }

  /** The change in an envelope. */
  Change change(Struct value) {
    return change(value, op, before, after);
  }

  private Change change(Struct value, Field operation, Field then, Field now) {
    Op happened = Op.of((String) value.get(operation));
    return happened == Op.TRUNCATE
        ? new Change(happened, null, null)
        : new Change(
            happened, shape.image((Struct) value.get(then)), shape.image((Struct) value.get(now)));
  }

  /** How envelopes are spooled. */
  RowFormat format() {
    if (format == null) {
      spooled =
          SchemaBuilder.struct()
              .field("op", Schema.STRING_SCHEMA)
              .field("before", before.schema())
              .field("after", after.schema())
              .field("untouched", SchemaBuilder.array(Schema.INT32_SCHEMA).optional().build())
              .build();
      format = RowFormat.of(spooled);
    }
    return format;
  }

  /** What is spooled of an envelope. */
  Struct spooled(Struct value) {
    return new Struct(spooled)
        .put("op", value.get(op))
        .put("before", value.get(before))
        .put("after", value.get(after))
        .put("untouched", untouched(value.getStruct("after")));
  }

  /** Which bytes were not logged: that a buffer stands for them would not outlive the file. */
  private static List<Integer> untouched(Struct row) {
    List<Integer> untouched = null;
    if (row != null) {
      for (Field field : row.schema().fields()) {
        if (field.schema().type() == Schema.Type.BYTES && row.get(field) instanceof ByteBuffer) {
          untouched = untouched == null ? new ArrayList<>() : untouched;
          untouched.add(field.index());
        }
      }
    }
    return untouched;
  }

  /** The change in what was spooled. */
  Change unspooled(Struct value) {
    List<Field> fields = value.schema().fields();
    List<Integer> untouched = value.getArray(fields.get(3).name());
    if (untouched != null) {
      Struct row = value.getStruct(fields.get(2).name());
      untouched.forEach(i -> row.put(row.schema().fields().get(i), ByteBuffer.allocate(0)));
    }
    return change(value, fields.get(0), fields.get(1), fields.get(2));
  }
}
