package io.distributary.sink.write;

import io.distributary.core.relation.Column;
import java.math.BigDecimal;
import java.util.Locale;
import org.apache.kafka.connect.data.Struct;

/**
 * When PostgreSQL holds two key values to be equal, for the types where that is certain: integers,
 * text by its bytes, numbers whatever their scale, {@code -0.0} and {@code 0.0}, text padded with
 * blanks. What a case-insensitive collation, {@code citext} or a rounding type makes of values,
 * only PostgreSQL can tell.
 */
final class PostgresKeyForm implements KeyForm {
  private final Family family;
  private final PostgresTimes times;

  private enum Family {
    INTEGER,
    TEXT,
    PADDED,
    NUMERIC,
    FLOAT,
    REAL,
    BOOLEAN,
    BYTES,
    UUID,
    DATE,
    MICROS,
    UNKNOWN
  }

  /**
   * A form.
   *
   * @param ownCollation whether text is compared otherwise than by its bytes
   */
  PostgresKeyForm(Column column, PostgresType type, boolean ownCollation) {
    this.times = PostgresTimes.of(column.schema());
    this.family = ownCollation ? Family.UNKNOWN : family(type);
  }

  private Family family(PostgresType type) {
    if (type.array()) {
      return Family.UNKNOWN;
    }
    return switch (type.base()) {
      case "int2", "int4", "int8" -> Family.INTEGER;
      case "text", "varchar", "enum" -> Family.TEXT;
      case "bpchar" -> Family.PADDED;
      // With a scale of its own the column rounds, and two may become one.
      case "numeric" -> type.modified() ? Family.UNKNOWN : Family.NUMERIC;
      case "float8" -> Family.FLOAT;
      case "float4" -> Family.REAL;
      case "bool" -> Family.BOOLEAN;
      case "bytea" -> Family.BYTES;
      case "uuid" -> Family.UUID;
      case "date" -> times.isDate() ? Family.DATE : Family.UNKNOWN;
      case "time" -> times.isTime() && !type.modified() ? Family.MICROS : Family.UNKNOWN;
      case "timestamp", "timestamptz" ->
          times.isTimestamp() && !type.modified() ? Family.MICROS : Family.UNKNOWN;
      default -> Family.UNKNOWN;
    };
  }

  @Override
  public Object of(Object value) {
    return switch (family) {
      case INTEGER ->
          value instanceof Long
              ? value
              : value instanceof Integer || value instanceof Short
                  ? (Object) ((Number) value).longValue()
                  : UNKNOWN;
      case TEXT -> value instanceof String text && !text.endsWith(" ") ? value : UNKNOWN;
      case PADDED -> value instanceof String text ? trimmed(text) : UNKNOWN;
      case NUMERIC -> number(value);
      case FLOAT ->
          value instanceof Double number ? (Object) (number == 0 ? 0.0 : number) : UNKNOWN;
      case REAL -> value instanceof Double || value instanceof Float ? real(value) : UNKNOWN;
      case BOOLEAN -> value instanceof Boolean ? value : UNKNOWN;
      case BYTES -> value instanceof byte[] ? value : UNKNOWN;
      case UUID ->
          value instanceof String text && text.length() == 36
              ? text.toLowerCase(Locale.ROOT)
              : UNKNOWN;
      case DATE -> times.means(value) ? (Object) times.days(value) : UNKNOWN;
      case MICROS -> times.means(value) ? (Object) times.micros(value) : UNKNOWN;
      case UNKNOWN -> UNKNOWN;
    };
  }

  private static Object trimmed(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == ' ') {
      end--;
    }
    return text.substring(0, end);
  }

  private static Object number(Object value) {
    BigDecimal number = null;
    if (value instanceof Long || value instanceof Integer || value instanceof Short) {
      number = BigDecimal.valueOf(((Number) value).longValue());
    } else if (value instanceof BigDecimal exact) {
      number = exact;
    } else if (value instanceof Struct struct && struct.schema().field("scale") != null) {
      number = PostgresText.decimal(struct);
    }
    if (number == null) {
      return UNKNOWN;
    }
    return number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
  }

  private static Object real(Object value) {
    float number = ((Number) value).floatValue();
    return number == 0 ? 0f : number;
  }
}
