package io.distributary.sink.read;

import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** The way to one field of a block, found once per schema. */
@FunctionalInterface
interface Get {
  /** The field's value; null where the block is null or has no such field. */
  Object from(Object block);

  /**
   * The way to that field.
   *
   * @param schema the block's schema; null for maps
   */
  static Get field(Schema schema, String name) {
    if (schema == null) {
      return block -> block == null ? null : ((Map<?, ?>) block).get(name);
    }
    Field field = schema.field(name);
    if (field == null) {
      return block -> null;
    }
    if (field.schema().defaultValue() != null) {
      // Struct.get would give the default for null.
      return block -> block == null ? null : ((Struct) block).getWithoutDefault(name);
    }
    return block -> block == null ? null : ((Struct) block).get(field);
  }

  /**
   * The way to that field where the block is an array of its fields' values.
   *
   * @param schema the block's schema
   */
  static Get item(Schema schema, String name) {
    Field field = schema.field(name);
    if (field == null) {
      return block -> null;
    }
    int index = field.index();
    return block -> ((Object[]) block)[index];
  }

  /** The schema of that field; null for maps and for fields that are not there. */
  static Schema schema(Schema schema, String name) {
    Field field = schema == null ? null : schema.field(name);
    return field == null ? null : field.schema();
  }
}
