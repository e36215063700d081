package io.distributary.source.postgres;

import io.distributary.core.record.Change;
import io.distributary.core.relation.Column;
import io.distributary.core.relation.Table;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/** Makes the shapes of tables: the one place that knows what Debezium makes of values. */
final class RowShapes {
  /** What Debezium puts where the server did not log a value; no user ever stored this. */
  static final String UNAVAILABLE = "\u0001distributary/9b1f4b5e-untouched\u0001";

  private RowShapes() {}

  /**
   * The shape of a table's rows.
   *
   * @param table what the catalogue says
   * @param rows the schema of {@code before} and {@code after}
   */
  static RowShape of(CapturedTable table, Schema rows) {
    return new Direct(table, rows);
  }

  /** Values as Debezium has them. */
  private static final class Direct implements RowShape {
    private final Table table;
    private final Field[] fields;

    Direct(CapturedTable source, Schema rows) {
      fields = rows.fields().toArray(Field[]::new);
      List<Column> columns = new ArrayList<>();
      for (Field field : fields) {
        columns.add(
            new Column(
                field.name(),
                plain(field.schema()),
                source.types().getOrDefault(field.name(), null)));
      }
      List<String> names = Arrays.stream(fields).map(Field::name).toList();
      boolean known = names.containsAll(source.key());
      int[] key = known ? source.key().stream().mapToInt(names::indexOf).toArray() : new int[0];
      table = new Table(source.id(), columns, key);
    }

    @Override
    public Table table() {
      return table;
    }

    @Override
    public Object[] image(Struct row) {
      if (row == null) {
        return null;
      }
      Object[] image = new Object[fields.length];
      for (int i = 0; i < image.length; i++) {
        Object value =
            fields[i].schema().defaultValue() == null
                ? row.get(fields[i])
                : row.getWithoutDefault(fields[i].name());
        image[i] = untouched(value) ? Change.UNTOUCHED : value;
      }
      return image;
    }
  }

  private static boolean untouched(Object value) {
    if (value instanceof String text) {
      return text.equals(UNAVAILABLE);
    } else if (value instanceof ByteBuffer bytes) {
      return bytes.equals(ByteBuffer.wrap(UNAVAILABLE.getBytes(StandardCharsets.UTF_8)));
    } else if (value instanceof List<?> list) {
      return list.size() == 1 && untouched(list.get(0));
    } else if (value instanceof Map<?, ?> map) {
      return map.size() == 1 && map.containsKey(UNAVAILABLE);
    }
    return false;
  }

  /** The schema, optional and without a default. */
  private static Schema plain(Schema schema) {
    SchemaBuilder builder =
        switch (schema.type()) {
          case ARRAY -> SchemaBuilder.array(schema.valueSchema());
          case MAP -> SchemaBuilder.map(schema.keySchema(), schema.valueSchema());
          case STRUCT -> {
            SchemaBuilder struct = SchemaBuilder.struct();
            schema.fields().forEach(field -> struct.field(field.name(), field.schema()));
            yield struct;
          }
          default -> SchemaBuilder.type(schema.type());
        };
    if (schema.parameters() != null) {
      builder.parameters(schema.parameters());
    }
    return builder.name(schema.name()).version(schema.version()).optional().build();
  }
}
