package io.distributary.core.record;

import io.distributary.core.relation.Column;
import io.distributary.core.relation.Table;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * The names of the structs that a table's columns hold. Avro defines a name once: of two structs
 * that share one but not their fields, Connect's Avro converters write the second by the fields of
 * the first, and say nothing.
 */
final class StructNames {
  /** What the Avro converters call a struct without a name. */
  private static final String NAMELESS = "ConnectDefault";

  private final Table table;
  private final Map<String, Schema> shapes = new HashMap<>();
  private final Map<String, Column> columns = new HashMap<>();

  private StructNames(Table table) {
    this.table = table;
  }

  /**
   * @throws ConnectException when two structs share a name but not their fields
   */
  static void requireDistinct(Table table) {
    StructNames names = new StructNames(table);
    table.columns().forEach(column -> names.add(column, column.schema()));
  }

  private void add(Column column, Schema schema) {
    switch (schema.type()) {
      case ARRAY -> add(column, schema.valueSchema());
      case MAP -> {
        add(column, schema.keySchema());
        add(column, schema.valueSchema());
      }
      case STRUCT -> {
        require(column, schema);
        for (Field field : schema.fields()) {
          add(column, field.schema());
        }
      }
      default -> {}
    }
  }

  private void require(Column column, Schema struct) {
    String name = struct.name() == null ? NAMELESS : struct.name();
    Schema other = shapes.putIfAbsent(name, struct);
    Column first = columns.putIfAbsent(name, column);
    if (other != null && !sameShape(other, struct)) {
      throw new ConnectException(
          "Columns '"
              + first.name()
              + "' and '"
              + column.name()
              + "' of table "
              + table.id()
              + " hold structs of the one name "
              + name
              + " but of different fields, which Avro converters mix up. Leave the table out with"
              + " table.exclude.list, and report this.");
    }
  }

  /** Whether Avro's one definition does for both; that one may be null stands outside of it. */
  private static boolean sameShape(Schema one, Schema other) {
    return one.fields().equals(other.fields())
        && Objects.equals(one.version(), other.version())
        && Objects.equals(one.parameters(), other.parameters());
  }
}
