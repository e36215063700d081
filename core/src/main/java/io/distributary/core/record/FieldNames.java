package io.distributary.core.record;

import io.distributary.core.relation.Column;
import io.distributary.core.relation.Names;
import io.distributary.core.relation.Table;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;

/** What the fields of a table's rows are called: legal Avro names, no two of them equal. */
final class FieldNames {
  private FieldNames() {}

  /**
   * The fields' names, in the columns' order.
   *
   * @throws ConnectException when two columns cannot be told apart
   */
  static List<String> of(Table table) {
    Set<String> seen = new HashSet<>();
    // A name that is legal as it is goes before one that was made so.
    for (Column column : table.columns()) {
      if (Names.avro(column.name()).equals(column.name())) {
        seen.add(column.name());
      }
    }
    List<String> fields = new ArrayList<>(table.columns().size());
    for (Column column : table.columns()) {
      String field = Names.avro(column.name());
      if (!field.equals(column.name()) && !seen.add(field)) {
        field = TableSchemas.distinctField(column.name());
        if (!seen.add(field)) {
          throw new ConnectException(
              "Table "
                  + table.id()
                  + " has two columns whose names become '"
                  + field
                  + "' in records, one of them '"
                  + column.name()
                  + "'. Rename one, or leave the table out.");
        }
      }
      fields.add(field);
    }
    return fields;
  }
}
