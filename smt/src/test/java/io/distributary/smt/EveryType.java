package io.distributary.smt;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/** A value that has a field of each of Connect's types, and each again without a value. */
final class EveryType {
  private EveryType() {}

  static Struct value(String text) {
    Map<SchemaBuilder, Object> fields = fields(text);
    SchemaBuilder schema = SchemaBuilder.struct().name("every.Type").version(2).doc("all of them");
    int number = 0;
    for (SchemaBuilder field : fields.keySet()) {
      schema.field("present" + number, field.build());
      schema.field("absent" + number, field.optional().build());
      number++;
    }
    Struct value = new Struct(schema.build());
    number = 0;
    for (Object present : fields.values()) {
      value.put("present" + number, present);
      number++;
    }
    return value;
  }

  @SuppressWarnings("JavaUtilDate") // it is what Connect's logical types are
  private static Map<SchemaBuilder, Object> fields(String text) {
    Map<SchemaBuilder, Object> fields = new LinkedHashMap<>();
    fields.put(SchemaBuilder.int8(), (byte) -8);
    fields.put(SchemaBuilder.int16(), (short) -16);
    fields.put(SchemaBuilder.int32(), -32);
    fields.put(SchemaBuilder.int64(), Long.MIN_VALUE);
    fields.put(SchemaBuilder.float32(), Float.MIN_VALUE);
    fields.put(SchemaBuilder.float64(), Double.NaN);
    fields.put(SchemaBuilder.bool(), true);
    fields.put(SchemaBuilder.string(), text);
    fields.put(SchemaBuilder.bytes(), new byte[] {0, -1});
    fields.put(Decimal.builder(3), new BigDecimal("-0.001"));
    fields.put(Date.builder(), new java.util.Date(-86_400_000L));
    fields.put(Time.builder(), new java.util.Date(86_399_999L));
    fields.put(Timestamp.builder(), new java.util.Date(-1L));
    fields.put(SchemaBuilder.array(Schema.OPTIONAL_INT32_SCHEMA), Arrays.asList(1, null));
    fields.put(
        SchemaBuilder.map(Schema.STRING_SCHEMA, Date.SCHEMA), Map.of("", new java.util.Date(0)));
    fields.put(SchemaBuilder.map(Schema.INT64_SCHEMA, Schema.BOOLEAN_SCHEMA), Map.of(1L, false));
    Schema inner = SchemaBuilder.struct().name("Inner").field("x", Time.SCHEMA).build();
    fields.put(
        SchemaBuilder.struct().name("Inner").field("x", Time.SCHEMA),
        new Struct(inner).put("x", new java.util.Date(1)));
    return fields;
  }
}
