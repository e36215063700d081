package io.distributary.sink.read;

import io.distributary.core.relation.Column;
import java.util.List;
import org.apache.kafka.connect.data.Schema;

/** The shape of a row in a record: which fields it has, in order, and how they are read. */
interface Rows {
  /** The names of the fields, as the record spells them. */
  List<String> fields();

  /** The columns behind the fields. */
  List<Column> columns();

  /**
   * The values of a row.
   *
   * @param image a row of this shape; null for null
   */
  Object[] values(Object image);

  /** The rows of that schema. */
  static Rows of(Schema schema) {
    return new StructRows(schema, schema.fields());
  }
}
