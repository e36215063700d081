package io.distributary.sink.read;

import io.distributary.core.record.TableSchemas;
import io.distributary.core.relation.Column;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** Rows as structs. */
final class StructRows implements Rows {
  private final Field[] fields;
  private final boolean[] defaults;
  private final boolean[] bytes;
  private final List<String> names;
  private final List<Column> columns;

  /**
   * Rows of which some fields count.
   *
   * @param row the schema of the rows
   */
  StructRows(Schema row, List<Field> counting) {
    fields = counting.toArray(Field[]::new);
    defaults = new boolean[fields.length];
    bytes = new boolean[fields.length];
    for (int i = 0; i < fields.length; i++) {
      defaults[i] = fields[i].schema().defaultValue() != null;
      bytes[i] = fields[i].schema().type() == Schema.Type.BYTES;
    }
    names = counting.stream().map(Field::name).toList();
    columns = counting.stream().map(field -> column(row, field)).toList();
  }

  /** The column behind a field: its own name and type stand in the schema's parameters. */
  static Column column(Schema row, Field field) {
    Map<String, String> parameters = TableSchemas.parameters(row, field);
    return new Column(
        parameters.getOrDefault(TableSchemas.NAME_PARAMETER, field.name()),
        field.schema(),
        parameters.get(TableSchemas.TYPE_PARAMETER));
  }

  @Override
  public List<String> fields() {
    return names;
  }

  @Override
  public List<Column> columns() {
    return columns;
  }

  @Override
  public Object[] values(Object image) {
    if (image == null) {
      return null;
    }
    Struct row = (Struct) image;
    Object[] values = new Object[fields.length];
    for (int i = 0; i < values.length; i++) {
      // Struct.get would give the default for null.
      Object value = defaults[i] ? row.getWithoutDefault(fields[i].name()) : row.get(fields[i]);
      values[i] = bytes[i] && value instanceof ByteBuffer buffer ? array(buffer) : value;
    }
    return values;
  }

  private static byte[] array(ByteBuffer buffer) {
    byte[] array = new byte[buffer.remaining()];
    buffer.duplicate().get(array);
    return array;
  }
}
