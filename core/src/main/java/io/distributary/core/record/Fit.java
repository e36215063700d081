package io.distributary.core.record;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/**
 * Whether a database's value fits the schema of its column, and as what. A value fits when a reader
 * who knows only the column's type gets it back unchanged: an integer fits a floating point column
 * only if the conversion is exact, and infinity and negative zero fit none, for Connect's JSON
 * knows neither.
 */
@FunctionalInterface
interface Fit {
  /** The answer for a value that does not fit. */
  Object MISFIT = new Object();

  /** Beyond this, doubles are no longer exact integers. */
  long EXACT = 1L << 53;

  /** Milliseconds of a day. */
  long DAY = 86_400_000L;

  /** The value in the schema's Java type, or {@link #MISFIT}. Never called with null. */
  Object fit(Object value);

  /** The rule for a column of that schema. */
  static Fit of(Schema schema) {
    return switch (schema.name() == null ? "" : schema.name()) {
      case Decimal.LOGICAL_NAME -> {
        int scale = Integer.parseInt(schema.parameters().get(Decimal.SCALE_FIELD));
        yield value -> decimal(value, scale);
      }
      case Date.LOGICAL_NAME -> Fit::date;
      case Time.LOGICAL_NAME -> Fit::time;
      case Timestamp.LOGICAL_NAME -> only(java.util.Date.class);
      // Any other name says what a value means, not what it is.
      default -> of(schema.type());
    };
  }

  private static Fit of(Schema.Type type) {
    return switch (type) {
      case INT64 -> Fit::int64;
      case FLOAT64 -> Fit::float64;
      case STRING -> only(String.class);
      case BYTES ->
          value -> value instanceof byte[] || value instanceof ByteBuffer ? value : MISFIT;
      case BOOLEAN -> Fit::bool;
      case INT32 -> only(Integer.class);
      case INT16 -> only(Short.class);
      case INT8 -> only(Byte.class);
      case FLOAT32 -> Fit::float32;
      case ARRAY -> only(List.class);
      case MAP -> only(Map.class);
      case STRUCT -> only(Struct.class);
    };
  }

  private static Fit only(Class<?> type) {
    return value -> type.isInstance(value) ? value : MISFIT;
  }

  /** Connect's dates have no time of day; it checks only when converting, where it is too late. */
  @SuppressWarnings("JavaUtilDate") // Connect's own type
  private static Object date(Object value) {
    return value instanceof java.util.Date date && Math.floorMod(date.getTime(), DAY) == 0
        ? value
        : MISFIT;
  }

  /** Connect's times have no date. */
  @SuppressWarnings("JavaUtilDate") // Connect's own type
  private static Object time(Object value) {
    return value instanceof java.util.Date time && time.getTime() >= 0 && time.getTime() < DAY
        ? value
        : MISFIT;
  }

  private static Object int64(Object value) {
    if (value instanceof Long) {
      return value;
    }
    return value instanceof Integer i ? (Object) i.longValue() : MISFIT;
  }

  private static Object float64(Object value) {
    if (value instanceof Double d) {
      return Double.isFinite(d) && !negativeZero(d) ? value : MISFIT;
    }
    if (value instanceof Long || value instanceof Integer) {
      long exact = ((Number) value).longValue();
      return -EXACT <= exact && exact <= EXACT ? (Object) (double) exact : MISFIT;
    }
    return MISFIT;
  }

  private static Object float32(Object value) {
    return value instanceof Float f && Float.isFinite(f) && !negativeZero(f) ? value : MISFIT;
  }

  /** Connect's JSON converter reads numbers as BigDecimals, which have no negative zero. */
  private static boolean negativeZero(double value) {
    return value == 0 && 1 / value < 0;
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
    // Beyond 2^53 the shortest decimal is not the double any more.
    if (value instanceof Double d && Math.abs(d) <= EXACT && !negativeZero(d)) {
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
