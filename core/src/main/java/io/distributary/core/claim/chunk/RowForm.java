package io.distributary.core.claim.chunk;

import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** What rows are read as. Values that are no structs are read alike in both forms. */
public enum RowForm {
  /** As Connect has them, for who hands them on: each value was checked against its schema. */
  STRUCTS {
    @Override
    ValueReader reader(Schema schema) {
      return ValueReader.of(schema);
    }
  },

  /**
   * As arrays of their fields' values, in the order of the schema, null where a field is; their
   * images, which are the structs among these, too. What is below is as Connect has it. Spares
   * Connect's checks, which take longer than all else.
   */
  ARRAYS {
    @Override
    ValueReader reader(Schema schema) {
      return arrays(schema, ROW_DEPTH);
    }
  };

  /** A row, and its images. */
  private static final int ROW_DEPTH = 2;

  /** The reader of values with that schema in this form. */
  abstract ValueReader reader(Schema schema);

  private static ValueReader arrays(Schema schema, int depth) {
    if (depth == 0 || schema == null || schema.type() != Schema.Type.STRUCT) {
      return ValueReader.of(schema);
    }
    ValueReader[] fields =
        schema.fields().stream()
            .map(field -> arrays(field.schema(), depth - 1))
            .toArray(ValueReader[]::new);
    return ValueReader.optional(
        schema,
        in -> {
          Object[] values = new Object[fields.length];
          for (int i = 0; i < values.length; i++) {
            values[i] = fields[i].read(in);
          }
          return values;
        });
  }

  /**
   * The struct of a row that was read as an array.
   *
   * @param schema the row's
   */
  public static Struct struct(Object[] row, Schema schema) {
    Struct struct = new Struct(schema);
    for (Field field : schema.fields()) {
      Object value = row[field.index()];
      struct.put(field, value instanceof Object[] image ? struct(image, field.schema()) : value);
    }
    return struct;
  }
}
