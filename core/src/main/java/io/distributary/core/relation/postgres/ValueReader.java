package io.distributary.core.relation.postgres;

import io.distributary.core.relation.DebeziumTypes;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;

/**
 * Reads a value from PostgreSQL's own text. The answer is of the schema that {@link
 * PostgresSchemas} gives the type; where that cannot stand for the value, it is a text of
 * PostgreSQL's, or a float that is no number, to travel beside the row.
 */
@FunctionalInterface
public interface ValueReader {
  /** Milliseconds of a day. */
  long DAY = 86_400_000L;

  /** Microseconds of a day. */
  long DAY_MICROS = DAY * 1000;

  /**
   * The value; never called with null.
   *
   * @throws IllegalArgumentException for a text that PostgreSQL does not write for the type; it
   *     does not hold the text
   */
  Object value(String text);

  /**
   * The reader of a column of that type and those modifiers, as {@link PostgresSchemas#schema} has
   * them.
   */
  static ValueReader of(PostgresType type, List<Integer> modifiers) {
    return switch (type.kind()) {
      case ARRAY ->
          type.element().delimiter() == ','
              ? array(of(type.element(), modifiers), type.element())
              : text -> text;
      case ENUM, COMPOSITE, RANGE -> text -> text;
      case BASE -> scalar(type, modifiers);
    };
  }

  private static ValueReader scalar(PostgresType type, List<Integer> modifiers) {
    return switch (type.name()) {
      case "boolean" -> text -> text.equals("t");
      case "smallint" -> Short::valueOf;
      case "integer" -> Integer::valueOf;
      case "bigint", "oid" -> Long::valueOf;
      case "real" -> Float::valueOf;
      case "double precision" -> Double::valueOf;
      case "numeric" -> modifiers.isEmpty() ? ValueReader::numeric : scaled(modifiers);
      case "money" -> text -> money(text, modifiers.isEmpty() ? 2 : modifiers.get(0));
      case "date" -> text -> date(TimeLiterals.days(text));
      case "time without time zone" -> text -> time(TimeLiterals.timeMicros(text));
      case "timestamp without time zone" -> text -> timestamp(TimeLiterals.micros(text));
      case "timestamp with time zone" -> text -> TimeLiterals.isoInstant(TimeLiterals.micros(text));
      case "time with time zone" -> TimeLiterals::isoZonedTime;
      case "interval" -> PostgresIntervals::iso;
      case "bytea" -> ValueReader::bytes;
      default -> type.simpleName().equals("hstore") ? Hstore::map : text -> text;
    };
  }

  private static Object numeric(String text) {
    return isNumber(text) ? DebeziumTypes.variableScale(new BigDecimal(text)) : text;
  }

  private static ValueReader scaled(List<Integer> modifiers) {
    int scale = modifiers.size() == 1 ? 0 : Math.max(0, modifiers.get(1));
    return text ->
        isNumber(text) ? new BigDecimal(text).setScale(scale, RoundingMode.UNNECESSARY) : text;
  }

  /**
   * The stored number is one of the smallest units; only the locale says how many digits of it are
   * after the point. The text is of the locale C, which always has two.
   */
  private static BigDecimal money(String text, int digits) {
    BigDecimal hundredths = new BigDecimal(text.replace("$", "").replace(",", ""));
    return new BigDecimal(hundredths.setScale(2).unscaledValue(), digits);
  }

  /** {@code NaN} and the infinities begin with a letter, or with a sign and a letter. */
  private static boolean isNumber(String text) {
    return !Character.isLetter(text.charAt(text.length() > 1 && text.charAt(0) == '-' ? 1 : 0));
  }

  /** A date of those days; text for an infinite one. */
  @SuppressWarnings("JavaUtilDate") // Connect's own type
  static Object date(int days) {
    return days == Integer.MAX_VALUE || days == Integer.MIN_VALUE
        ? TimeLiterals.dateText(days)
        : new Date(days * DAY);
  }

  /** A time of those microseconds; text for the end of the day, which is none in Java. */
  static Object time(long micros) {
    return micros == DAY_MICROS ? TimeLiterals.timeText(micros) : (Object) micros;
  }

  /**
   * A timestamp of those microseconds since 2000; text for an infinite one, and for those of the
   * last thirty years of PostgreSQL's range, which are too far from 1970.
   */
  static Object timestamp(long micros) {
    boolean far = micros > Long.MAX_VALUE - TimeLiterals.EPOCH || micros == Long.MIN_VALUE;
    return far ? TimeLiterals.timestampText(micros) : (Object) (micros + TimeLiterals.EPOCH);
  }

  private static Object bytes(String text) {
    if (!text.startsWith("\\x")) {
      throw new IllegalArgumentException("bytea is not written with bytea_output=hex");
    }
    return HexFormat.of().parseHex(text, 2, text.length());
  }

  /** Elements that their schema cannot stand for make the whole array a text. */
  private static ValueReader array(ValueReader element, PostgresType type) {
    boolean strings =
        PostgresSchemas.schema(type, List.of()).type()
            == org.apache.kafka.connect.data.Schema.Type.STRING;
    return text -> {
      List<String> texts = PostgresArrays.elements(text, ',');
      if (texts == null) {
        return text;
      }
      List<Object> values = new ArrayList<>(texts.size());
      for (String each : texts) {
        Object value = each == null ? null : element.value(each);
        if ((value instanceof String && !strings) || isIrregular(value)) {
          return text;
        }
        values.add(value);
      }
      return values;
    };
  }

  /** Floats that JSON does not know: not a number, infinite, or negative zero. */
  private static boolean isIrregular(Object value) {
    double number =
        value instanceof Float || value instanceof Double ? ((Number) value).doubleValue() : 1;
    return !Double.isFinite(number) || (number == 0 && 1 / number < 0);
  }
}
