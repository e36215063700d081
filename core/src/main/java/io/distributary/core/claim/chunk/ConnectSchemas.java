package io.distributary.core.claim.chunk;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.ConnectSchema;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.DataException;

/** Rebuilds the Connect schema out of an Avro schema that {@link AvroSchemas} made. */
final class ConnectSchemas {
  private ConnectSchemas() {}

  /** The Connect schema; null where the values have none. */
  static Schema of(org.apache.avro.Schema avro) {
    return avro.getFullName().equals(AnyValue.SCHEMA.getFullName()) ? null : convert(avro);
  }

  private static Schema convert(org.apache.avro.Schema avro) {
    return avro.getType() == org.apache.avro.Schema.Type.UNION
        ? convert(avro.getTypes().get(1), true)
        : convert(avro, false);
  }

  private static Schema convert(org.apache.avro.Schema avro, boolean optional) {
    Schema.Type type = type(avro);
    List<Field> fields = type == Schema.Type.STRUCT ? fields(avro) : null;
    Schema key = type == Schema.Type.MAP ? key(avro) : null;
    Schema value = type == Schema.Type.MAP || type == Schema.Type.ARRAY ? value(avro, type) : null;
    return schema(
        avro, type, optional, defaultValue(avro, type, fields, key, value), fields, key, value);
  }

  private static Schema schema(
      org.apache.avro.Schema avro,
      Schema.Type type,
      boolean optional,
      Object defaultValue,
      List<Field> fields,
      Schema key,
      Schema value) {
    return new ConnectSchema(
        type,
        optional,
        defaultValue,
        avro.getProp(Properties.NAME),
        (Integer) avro.getObjectProp(Properties.VERSION),
        avro.getProp(Properties.DOC),
        parameters(avro),
        fields,
        key,
        value);
  }

  private static Schema.Type type(org.apache.avro.Schema avro) {
    String connect = avro.getProp(Properties.TYPE);
    return switch (avro.getType()) {
      case INT ->
          Properties.INT8.equals(connect)
              ? Schema.Type.INT8
              : Properties.INT16.equals(connect) ? Schema.Type.INT16 : Schema.Type.INT32;
      case LONG -> Schema.Type.INT64;
      case FLOAT -> Schema.Type.FLOAT32;
      case DOUBLE -> Schema.Type.FLOAT64;
      case BOOLEAN -> Schema.Type.BOOLEAN;
      case STRING -> Schema.Type.STRING;
      case BYTES -> Schema.Type.BYTES;
      case ARRAY -> Properties.MAP.equals(connect) ? Schema.Type.MAP : Schema.Type.ARRAY;
      case MAP -> Schema.Type.MAP;
      case RECORD -> Schema.Type.STRUCT;
      default -> throw new DataException("Chunks hold no Avro " + avro.getType());
    };
  }

  private static List<Field> fields(org.apache.avro.Schema avro) {
    List<Field> fields = new ArrayList<>();
    for (org.apache.avro.Schema.Field field : avro.getFields()) {
      String original = field.getProp(Properties.FIELD);
      String name = original == null ? field.name() : original;
      fields.add(new Field(name, fields.size(), convert(field.schema())));
    }
    return fields;
  }

  private static Schema key(org.apache.avro.Schema avro) {
    return avro.getType() == org.apache.avro.Schema.Type.MAP
        ? Schema.STRING_SCHEMA
        : convert(avro.getElementType().getField("key").schema());
  }

  private static Schema value(org.apache.avro.Schema avro, Schema.Type type) {
    if (avro.getType() == org.apache.avro.Schema.Type.MAP) {
      return convert(avro.getValueType());
    }
    return convert(
        type == Schema.Type.MAP
            ? avro.getElementType().getField("value").schema()
            : avro.getElementType());
  }

  @SuppressWarnings("unchecked") // AvroSchemas wrote the parameters as a map of strings
  private static Map<String, String> parameters(org.apache.avro.Schema avro) {
    return (Map<String, String>) avro.getObjectProp(Properties.PARAMETERS);
  }

  private static Object defaultValue(
      org.apache.avro.Schema avro, Schema.Type type, List<Field> fields, Schema key, Schema value) {
    String encoded = avro.getProp(Properties.DEFAULT);
    if (encoded == null) {
      return null;
    }
    try {
      // A struct's default belongs to the schema without the default: Struct compares schemas.
      return ValueReader.of(schema(avro, type, false, null, fields, key, value))
          .read(new BytesDecoder(Base64.getDecoder().decode(encoded)));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new DataException("The default of " + avro.getFullName() + " is damaged", e);
    }
  }
}
