package io.distributary.sink.read;

import io.distributary.core.record.Change;
import io.distributary.core.record.RawText;
import io.distributary.core.relation.Column;
import io.distributary.core.relation.Names;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.DataException;

/** Puts the values that travel beside a row back into it: the reverse of what a row codec does. */
final class Irregulars {
  private final Get column;
  private final Get type;
  private final Get text;
  private final Get bytes;

  /**
   * A reader of such values.
   *
   * @param list the schema of the field that holds them; null for maps, or where it is not there
   */
  Irregulars(Schema list) {
    Schema entry = list == null ? null : list.valueSchema();
    column = Get.field(entry, "column");
    type = Get.field(entry, "type");
    text = Get.field(entry, "text");
    bytes = Get.field(entry, "bytes");
  }

  /**
   * Puts the values into the row.
   *
   * @param irregular the values; null for none
   * @param row where to put them; null for a record of others, which has none
   */
  void restore(Object irregular, Object[] row, List<Column> columns) {
    if (irregular == null || row == null) {
      return;
    }
    for (Object entry : (Collection<?>) irregular) {
      row[index((String) column.from(entry), columns)] = value(entry);
    }
  }

  private Object value(Object entry) {
    String storage = (String) type.from(entry);
    String written = (String) text.from(entry);
    return switch (storage) {
      case "integer" -> (Object) Long.parseLong(written);
      case "real" -> (Object) Double.parseDouble(written);
      case "text" -> written != null ? written : new RawText(array(bytes.from(entry)));
      case "blob" -> array(bytes.from(entry));
      case "untouched" -> Change.UNTOUCHED;
      default ->
          throw new DataException(
              "Unknown storage class '"
                  + storage
                  + "' of an irregular value: expected integer, real, text, blob or untouched");
    };
  }

  private static int index(String name, List<Column> columns) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return i;
      }
    }
    String legal = Names.avro(name); // without schemas only this name is known
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(legal)) {
        return i;
      }
    }
    throw new DataException(
        "An irregular value belongs to column '" + name + "', which is no field");
  }

  private static byte[] array(Object bytes) {
    if (bytes instanceof ByteBuffer buffer) {
      byte[] array = new byte[buffer.remaining()];
      buffer.duplicate().get(array);
      return array;
    }
    return bytes instanceof String base64 ? Base64.getDecoder().decode(base64) : (byte[]) bytes;
  }
}
