package io.distributary.core.record;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;

/**
 * Whether a database's value fits the schema of its column, and as what. A value fits when a reader
 * who knows only the column's type gets it back unchanged: an integer fits a floating point column
 * only if the conversion is exact, and infinity fits none, for JSON has no such number.
 */
@FunctionalInterface
interface Fit {
  /** The answer for a value that does not fit. */
  Object MISFIT = new Object();

  /** Up to here every integer is a double. */
  long EXACT = 1L << 53;

  /** The value in the schema's Java type, or {@link #MISFIT}. Never called with null. */
  Object fit(Object value);

  /** The rule for a column of that schema. */
  static Fit of(Schema schema) {
    if (Decimal.LOGICAL_NAME.equals(schema.name())) {
      int scale = Integer.parseInt(schema.parameters().get(Decimal.SCALE_FIELD));
      return value -> decimal(value, scale);
    }
    if (schema.name() != null) {
      return value -> value instanceof RawText || value == Change.UNTOUCHED ? MISFIT : value;
    }
    return switch (schema.type()) {
      case INT64 -> Fit::int64;
      case FLOAT64 -> Fit::float64;
      case STRING -> value -> value instanceof String ? value : MISFIT;
      case BYTES -> value -> value instanceof byte[] ? value : MISFIT;
      case BOOLEAN -> Fit::bool;
      case INT32 -> value -> value instanceof Integer ? value : MISFIT;
      case INT16 -> value -> value instanceof Short ? value : MISFIT;
      case INT8 -> value -> value instanceof Byte ? value : MISFIT;
      case FLOAT32 -> value -> value instanceof Float f && Float.isFinite(f) ? value : MISFIT;
      case ARRAY, MAP, STRUCT -> value -> value == Change.UNTOUCHED ? MISFIT : value;
    };
  }

  private static Object int64(Object value) {
    if (value instanceof Long) {
      return value;
    }
    return value instanceof Integer i ? (Object) i.longValue() : MISFIT;
  }

  private static Object float64(Object value) {
    if (value instanceof Double d) {
      return Double.isFinite(d) ? value : MISFIT;
    }
    if (value instanceof Long || value instanceof Integer) {
      long exact = ((Number) value).longValue();
      return exact >= -EXACT && exact <= EXACT ? (Object) (double) exact : MISFIT;
    }
    return MISFIT;
  }

  private static Object bool(Object value) {
    if (value instanceof Boolean) {
      return value;
    }
    if (value instanceof Long || value instanceof Integer) {
      long number = ((Number) value).longValue();
      return number == 0 || number == 1 ? (Object) (number == 1) : MISFIT;
    }
    return MISFIT;
  }

  private static Object decimal(Object value, int scale) {
    if (value instanceof BigDecimal exact) {
      return atScale(exact, scale);
    }
    if (value instanceof Long || value instanceof Integer) {
      return atScale(BigDecimal.valueOf(((Number) value).longValue()), scale);
    }
    // Beyond 2^53, and for -0.0, the shortest decimal is not the double any more.
    if (value instanceof Double d && Math.abs(d) <= EXACT && (d != 0 || 1 / d > 0)) {
      return atScale(BigDecimal.valueOf(d), scale);
    }
    return MISFIT;
  }

  private static Object atScale(BigDecimal value, int scale) {
    if (value.scale() > scale && value.stripTrailingZeros().scale() > scale) {
      return MISFIT;
    }
    return value.setScale(scale, RoundingMode.UNNECESSARY);
  }
}
