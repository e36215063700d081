package io.distributary.core.claim.chunk;

import io.distributary.core.relation.Names;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.JsonProperties;
import org.apache.avro.LogicalTypes;
import org.apache.kafka.connect.data.ConnectSchema;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/**
 * Turns a Connect schema into an Avro schema that says the same: whatever Avro has no word for
 * stands in {@link Properties}. Names become legal and distinct, so two structs that share a name
 * but not a shape stay two.
 *
 * <p>One instance makes one Avro schema.
 */
final class AvroSchemas {
  /** The precision of a decimal whose schema names none, as Confluent's converter has it. */
  private static final int DECIMAL_PRECISION = 64;

  /** Enough for most default values. */
  private static final int DEFAULT_BYTES = 32;

  private final Map<Schema, org.apache.avro.Schema> records = new HashMap<>();
  private final Set<String> names = new HashSet<>();

  private AvroSchemas() {
    for (org.apache.avro.Schema.Type type : org.apache.avro.Schema.Type.values()) {
      names.add(type.getName()); // a record of that name would be read as the type
    }
    names.add(AnyValue.SCHEMA.getFullName());
  }

  /** The Avro schema of values with that schema; of values without a schema for null. */
  static org.apache.avro.Schema of(Schema schema) {
    return schema == null ? AnyValue.SCHEMA : new AvroSchemas().convert(schema.schema());
  }

  private org.apache.avro.Schema convert(Schema schema) {
    org.apache.avro.Schema value = required(schema);
    return schema.isOptional()
        ? org.apache.avro.Schema.createUnion(
            org.apache.avro.Schema.create(org.apache.avro.Schema.Type.NULL), value)
        : value;
  }

  private org.apache.avro.Schema required(Schema schema) {
    return switch (schema.type()) {
      case INT8 -> described(typed(org.apache.avro.Schema.Type.INT, Properties.INT8), schema);
      case INT16 -> described(typed(org.apache.avro.Schema.Type.INT, Properties.INT16), schema);
      case INT32 -> described(create(org.apache.avro.Schema.Type.INT), schema);
      case INT64 -> described(create(org.apache.avro.Schema.Type.LONG), schema);
      case FLOAT32 -> described(create(org.apache.avro.Schema.Type.FLOAT), schema);
      case FLOAT64 -> described(create(org.apache.avro.Schema.Type.DOUBLE), schema);
      case BOOLEAN -> described(create(org.apache.avro.Schema.Type.BOOLEAN), schema);
      case STRING -> described(create(org.apache.avro.Schema.Type.STRING), schema);
      case BYTES -> described(create(org.apache.avro.Schema.Type.BYTES), schema);
      case ARRAY ->
          described(org.apache.avro.Schema.createArray(convert(schema.valueSchema())), schema);
      case MAP -> described(map(schema), schema);
      case STRUCT -> struct(schema);
    };
  }

  private static org.apache.avro.Schema create(org.apache.avro.Schema.Type type) {
    return org.apache.avro.Schema.create(type);
  }

  private static org.apache.avro.Schema typed(
      org.apache.avro.Schema.Type type, String connectType) {
    org.apache.avro.Schema schema = create(type);
    schema.addProp(Properties.TYPE, connectType);
    return schema;
  }

  /** Avro's maps have strings as keys; a map with other keys is an array of entries. */
  private org.apache.avro.Schema map(Schema schema) {
    if (schema.keySchema().schema().equals(Schema.STRING_SCHEMA)) {
      return org.apache.avro.Schema.createMap(convert(schema.valueSchema()));
    }
    String name = distinct("io.distributary.MapEntry");
    org.apache.avro.Schema entry =
        org.apache.avro.Schema.createRecord(
            name,
            null,
            null,
            false,
            List.of(
                new org.apache.avro.Schema.Field("key", convert(schema.keySchema())),
                new org.apache.avro.Schema.Field("value", convert(schema.valueSchema()))));
    org.apache.avro.Schema entries = org.apache.avro.Schema.createArray(entry);
    entries.addProp(Properties.TYPE, Properties.MAP);
    return entries;
  }

  /** A record; the same struct used again is a reference to it, whether optional or not. */
  private org.apache.avro.Schema struct(Schema schema) {
    Schema identity = requiredCopy(schema);
    org.apache.avro.Schema known = records.get(identity);
    if (known != null) {
      return known;
    }
    String name = schema.name() == null ? "Struct" : Names.avroNamespace(schema.name());
    org.apache.avro.Schema record =
        org.apache.avro.Schema.createRecord(distinct(name), null, null, false);
    List<org.apache.avro.Schema.Field> fields = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (Field field : schema.fields()) {
      fields.add(field(field, taken));
    }
    record.setFields(fields);
    described(record, schema);
    records.put(identity, record);
    return record;
  }

  private org.apache.avro.Schema.Field field(Field field, Set<String> taken) {
    String name = distinct(Names.avro(field.name()), taken);
    Schema schema = field.schema().schema();
    Object nullDefault = schema.isOptional() ? JsonProperties.NULL_VALUE : null;
    org.apache.avro.Schema.Field converted =
        new org.apache.avro.Schema.Field(name, convert(schema), null, nullDefault);
    if (!name.equals(field.name())) {
      converted.addProp(Properties.FIELD, field.name());
    }
    return converted;
  }

  private String distinct(String name) {
    return distinct(name, names);
  }

  private static String distinct(String name, Set<String> taken) {
    String distinct = name;
    for (int i = 2; !taken.add(distinct); i++) {
      distinct = name + "_" + i;
    }
    return distinct;
  }

  private static org.apache.avro.Schema described(org.apache.avro.Schema avro, Schema schema) {
    if (schema.name() != null) {
      avro.addProp(Properties.NAME, schema.name());
    }
    if (schema.version() != null) {
      avro.addProp(Properties.VERSION, schema.version());
    }
    if (schema.doc() != null) {
      avro.addProp(Properties.DOC, schema.doc());
    }
    if (schema.parameters() != null) {
      avro.addProp(Properties.PARAMETERS, (Object) schema.parameters());
    }
    if (schema.defaultValue() != null) {
      avro.addProp(Properties.DEFAULT, encodedDefault(schema));
    }
    addLogicalType(avro, schema);
    return avro;
  }

  private static String encodedDefault(Schema schema) {
    BytesEncoder bytes = new BytesEncoder(DEFAULT_BYTES);
    ValueWriter.of(requiredCopy(schema)).write(schema.defaultValue(), bytes);
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  /** Tells Avro's own tools what the number means; our reader goes by the Connect name. */
  private static void addLogicalType(org.apache.avro.Schema avro, Schema schema) {
    if (schema.name() == null) {
      return;
    }
    switch (schema.name()) {
      case Decimal.LOGICAL_NAME -> addDecimal(avro, schema);
      case Date.LOGICAL_NAME -> LogicalTypes.date().addToSchema(avro);
      case Time.LOGICAL_NAME -> LogicalTypes.timeMillis().addToSchema(avro);
      case Timestamp.LOGICAL_NAME -> LogicalTypes.timestampMillis().addToSchema(avro);
      default -> {}
    }
  }

  private static void addDecimal(org.apache.avro.Schema avro, Schema schema) {
    int scale = Integer.parseInt(schema.parameters().get(Decimal.SCALE_FIELD));
    String precision = schema.parameters().get("connect.decimal.precision");
    int digits = precision == null ? DECIMAL_PRECISION : Integer.parseInt(precision);
    if (scale >= 0 && scale <= digits) {
      LogicalTypes.decimal(digits, scale).addToSchema(avro);
    }
  }

  /** The schema without its optionality, which in Avro is a matter of the place of use. */
  static Schema requiredCopy(Schema schema) {
    boolean struct = schema.type() == Schema.Type.STRUCT;
    return !schema.isOptional()
        ? schema
        : new ConnectSchema(
            schema.type(),
            false,
            schema.defaultValue(),
            schema.name(),
            schema.version(),
            schema.doc(),
            schema.parameters(),
            struct ? schema.fields() : null,
            schema.type() == Schema.Type.MAP ? schema.keySchema() : null,
            schema.type() == Schema.Type.MAP || schema.type() == Schema.Type.ARRAY
                ? schema.valueSchema()
                : null);
  }
}
