package io.distributary.core.relation;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/**
 * The semantic types that Debezium adds to Connect's: schema names that say what an integer, a
 * string or a struct means (Debezium's documentation, "Data type mappings"). Records that use them
 * are understood by whatever understands Debezium's.
 */
public final class DebeziumTypes {
  /** int32: days since 1970-01-01. */
  public static final String DATE = "io.debezium.time.Date";

  /** int32: milliseconds since midnight. */
  public static final String TIME = "io.debezium.time.Time";

  /** int64: microseconds since midnight. */
  public static final String MICRO_TIME = "io.debezium.time.MicroTime";

  /** int64: nanoseconds since midnight. */
  public static final String NANO_TIME = "io.debezium.time.NanoTime";

  /** int64: milliseconds since 1970, of a timestamp without time zone. */
  public static final String TIMESTAMP = "io.debezium.time.Timestamp";

  /** int64: microseconds since 1970, of a timestamp without time zone. */
  public static final String MICRO_TIMESTAMP = "io.debezium.time.MicroTimestamp";

  /** int64: nanoseconds since 1970, of a timestamp without time zone. */
  public static final String NANO_TIMESTAMP = "io.debezium.time.NanoTimestamp";

  /** string: a timestamp with its offset, in ISO 8601; {@code infinity} or {@code -infinity}. */
  public static final String ZONED_TIMESTAMP = "io.debezium.time.ZonedTimestamp";

  /** string: a time of day with its offset, in ISO 8601. */
  public static final String ZONED_TIME = "io.debezium.time.ZonedTime";

  /** string: a duration in ISO 8601. */
  public static final String INTERVAL = "io.debezium.time.Interval";

  /** int64: a duration in microseconds, its months and years approximated. */
  public static final String MICRO_DURATION = "io.debezium.time.MicroDuration";

  /** string: a UUID. */
  public static final String UUID = "io.debezium.data.Uuid";

  /** string: a JSON document. */
  public static final String JSON = "io.debezium.data.Json";

  /** string: an XML document. */
  public static final String XML = "io.debezium.data.Xml";

  /** string: one of the labels in the parameter {@link #ENUM_ALLOWED}. */
  public static final String ENUM = "io.debezium.data.Enum";

  /** Parameter of {@link #ENUM}: the labels, in order, separated by commas. */
  public static final String ENUM_ALLOWED = "allowed";

  /** string: a path of PostgreSQL's ltree. */
  public static final String LTREE = "io.debezium.data.Ltree";

  /** bytes: bits, the least significant byte first; how many is the parameter {@code length}. */
  public static final String BITS = "io.debezium.data.Bits";

  /** struct of {@code scale} and {@code value}: a decimal whose scale varies from row to row. */
  public static final String VARIABLE_SCALE_DECIMAL = "io.debezium.data.VariableScaleDecimal";

  /** Parameter of Connect's Decimal: its precision, as Avro converters know it too. */
  public static final String PRECISION = "connect.decimal.precision";

  /** The optional schema of {@link #VARIABLE_SCALE_DECIMAL}. */
  public static final Schema OPTIONAL_VARIABLE_SCALE_DECIMAL =
      SchemaBuilder.struct()
          .name(VARIABLE_SCALE_DECIMAL)
          .version(1)
          .doc("Variable scaled decimal")
          .optional()
          .field("scale", Schema.INT32_SCHEMA)
          .field("value", Schema.BYTES_SCHEMA)
          .build();

  private DebeziumTypes() {}

  /** An optional schema of that type and semantic name. */
  public static Schema optional(Schema.Type type, String name) {
    return SchemaBuilder.type(type).name(name).version(1).optional().build();
  }

  /** The number as a struct of {@link #OPTIONAL_VARIABLE_SCALE_DECIMAL}. */
  public static Struct variableScale(BigDecimal number) {
    return new Struct(OPTIONAL_VARIABLE_SCALE_DECIMAL)
        .put("scale", number.scale())
        .put("value", number.unscaledValue().toByteArray());
  }

  /**
   * Whether values of that schema are decimals of varying scale. The shape tells, for a field whose
   * name was changed has a struct of a name of its own.
   */
  public static boolean isVariableScale(Schema schema) {
    return schema != null
        && schema.type() == Schema.Type.STRUCT
        && schema.name() != null
        && schema.name().startsWith(VARIABLE_SCALE_DECIMAL)
        && schema.fields().stream().map(f -> f.name()).toList().equals(List.of("scale", "value"));
  }

  /** The number that such a struct stands for. */
  public static BigDecimal number(Struct variableScale) {
    Object value = variableScale.get("value");
    byte[] unscaled;
    if (value instanceof ByteBuffer buffer) {
      unscaled = new byte[buffer.remaining()];
      buffer.duplicate().get(unscaled);
    } else {
      unscaled = (byte[]) value;
    }
    return new BigDecimal(new BigInteger(unscaled), variableScale.getInt32("scale"));
  }
}
