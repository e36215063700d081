package io.distributary.sink.read;

import io.distributary.core.record.TableSchemas;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** Finds the shape of records' keys, without the field that names the table. */
final class Keys {
  private static final Rows NONE = new MapRows(List.of());
  private static final int KEPT = 1000;

  private final Map<List<String>, Rows> maps = new HashMap<>();
  private final Map<Schema, Rows> structs = new HashMap<>();
  private Schema lastSchema;
  private Rows last;

  /** The shape of the key; one without fields where it is neither a struct nor a map. */
  Rows of(Object key) {
    if (key instanceof Struct struct) {
      if (struct.schema() != lastSchema) {
        if (structs.size() > KEPT) {
          structs.clear();
        }
        lastSchema = struct.schema();
        last = structs.computeIfAbsent(lastSchema, Keys::rows);
      }
      return last;
    }
    if (key instanceof Map<?, ?> map) {
      TreeSet<String> names = new TreeSet<>();
      map.keySet().forEach(name -> names.add((String) name));
      names.remove(TableSchemas.TABLE_FIELD);
      if (maps.size() > KEPT) {
        maps.clear();
      }
      return maps.computeIfAbsent(List.copyOf(names), MapRows::new);
    }
    return NONE;
  }

  private static Rows rows(Schema schema) {
    List<Field> fields = new ArrayList<>(schema.fields());
    fields.removeIf(field -> field.name().equals(TableSchemas.TABLE_FIELD));
    return new StructRows(schema, fields);
  }
}
