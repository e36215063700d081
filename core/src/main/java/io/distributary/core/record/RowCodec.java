package io.distributary.core.record;

import io.distributary.core.relation.Column;
import io.distributary.core.relation.Table;
import java.util.List;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;

/**
 * Turns row images into structs. A value that does not fit its column's schema is null in the
 * struct and travels beside the row, as {column, storage class, text or bytes}: SQLite's columns
 * hold any type, and what is in them must arrive as it is.
 *
 * <p>Immutable and safe for use by several threads.
 */
final class RowCodec {
  private final Table table;
  private final Schema row;
  private final Field[] fields;
  private final Fit[] fits;

  RowCodec(TableSchemas schemas) {
    table = schemas.table();
    row = schemas.row();
    fields = row.fields().toArray(Field[]::new);
    fits = table.columns().stream().map(Column::schema).map(Fit::of).toArray(Fit[]::new);
  }

  /**
   * The image as a struct; null for null.
   *
   * @param irregular where to add the values that do not fit
   */
  Struct struct(Object[] image, List<Struct> irregular) {
    if (image == null) {
      return null;
    }
    Struct struct = new PutCheckedStruct(row);
    for (int i = 0; i < fields.length; i++) {
      Object value = image[i];
      if (value != null) {
        Object fitting = fits[i].fit(value);
        if (fitting == Fit.MISFIT) {
          irregular.add(irregular(table.columns().get(i), value));
        } else {
          struct.put(fields[i], fitting);
        }
      }
    }
    return struct;
  }

  /** The column's value as its schema has it; null where it is null or does not fit. */
  Object field(Object[] image, int column) {
    Object value = image[column];
    Object fitting = value == null ? null : fits[column].fit(value);
    return fitting == Fit.MISFIT ? null : fitting;
  }

  private Struct irregular(Column column, Object value) {
    Struct entry = new PutCheckedStruct(TableSchemas.IRREGULAR).put("column", column.name());
    if (value instanceof Long || value instanceof Integer) {
      return entry.put("type", "integer").put("text", value.toString());
    } else if (value instanceof Double || value instanceof Float) {
      return entry.put("type", "real").put("text", value.toString());
    } else if (value instanceof String) {
      return entry.put("type", "text").put("text", value);
    } else if (value instanceof RawText raw) {
      return entry.put("type", "text").put("bytes", raw.bytes());
    } else if (value instanceof byte[]) {
      return entry.put("type", "blob").put("bytes", value);
    } else if (value == Change.UNTOUCHED) {
      return entry.put("type", "untouched");
    }
    throw new DataException(
        "Column "
            + column.name()
            + " of table "
            + table.id()
            + " holds a "
            + value.getClass().getName()
            + ", which neither its schema "
            + (column.schema().name() == null ? column.schema().type() : column.schema().name())
            + " takes nor a value beside the row. Leave the table out, and report this.");
  }
}
