package io.distributary.sink.write;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Date;
import java.util.Locale;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/**
 * Dates and times as MariaDB reads them, in UTC: Connect's logical types and Debezium's semantic
 * ones (Debezium's documentation, "Temporal types").
 */
@SuppressWarnings("JavaUtilDate") // the class of Connect's own logical types
final class MariaDbTimes {
  private static final long DAY = 86_400_000L;

  private static final DateTimeFormatter TIMESTAMP =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .toFormatter(Locale.ROOT);

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .toFormatter(Locale.ROOT);

  private MariaDbTimes() {}

  /**
   * A value's text, with as many digits of a second as it has; null where values of that schema are
   * no dates or times.
   *
   * @throws WriteException for one that lies beyond the years 0 to 9999
   */
  static String text(Schema schema, Object value, String column) {
    String name = schema == null || schema.name() == null ? "" : schema.name();
    return switch (name) {
      case org.apache.kafka.connect.data.Date.LOGICAL_NAME, "io.debezium.time.Date" ->
          value instanceof Date date
              ? date(Math.floorDiv(date.getTime(), DAY), column)
              : value instanceof Number days ? date(days.longValue(), column) : null;
      case Time.LOGICAL_NAME, "io.debezium.time.Time" -> time(value, 1_000_000L);
      case "io.debezium.time.MicroTime" -> time(value, 1_000L);
      case "io.debezium.time.NanoTime" -> time(value, 1L);
      case Timestamp.LOGICAL_NAME, "io.debezium.time.Timestamp" -> timestamp(value, 1_000L, column);
      case "io.debezium.time.MicroTimestamp" -> timestamp(value, 1_000_000L, column);
      case "io.debezium.time.NanoTimestamp" -> timestamp(value, 1_000_000_000L, column);
      default -> value instanceof Date ? timestamp(value, 1_000L, column) : null;
    };
  }

  /**
   * Text as it stands, or where it is ISO 8601 with a zone or offset, in UTC and without it.
   *
   * @throws WriteException for a date beyond the years 0 to 9999
   */
  static String utc(String text, String column) {
    int t = text.indexOf('T');
    if (t < 0) {
      return text;
    }
    try {
      OffsetDateTime timestamp = OffsetDateTime.parse(text);
      return text(timestamp.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime(), column);
    } catch (DateTimeException e) {
      return text;
    }
  }

  private static String date(long days, String column) {
    LocalDate date = LocalDate.ofEpochDay(days);
    requireYear(date.getYear(), column);
    return date.toString();
  }

  private static String time(Object value, long nanosOfOne) {
    long number = number(value);
    long nanos = Math.multiplyExact(number, nanosOfOne);
    return nanos == DAY * 1_000_000L ? "24:00:00" : TIME.format(LocalTime.ofNanoOfDay(nanos));
  }

  private static String timestamp(Object value, long ofSecond, String column) {
    long number = number(value);
    long nanos = Math.floorMod(number, ofSecond) * (1_000_000_000L / ofSecond);
    return text(
        LocalDateTime.ofEpochSecond(Math.floorDiv(number, ofSecond), (int) nanos, ZoneOffset.UTC),
        column);
  }

  private static String text(LocalDateTime timestamp, String column) {
    requireYear(timestamp.getYear(), column);
    return TIMESTAMP.format(timestamp);
  }

  private static long number(Object value) {
    return value instanceof Date date ? date.getTime() : ((Number) value).longValue();
  }

  private static void requireYear(int year, String column) {
    if (year < 0 || year > 9999) {
      throw new WriteException(
          WriteException.Kind.DATA,
          "Column "
              + column
              + " holds a date in a year beyond 0 to 9999, which MariaDB and MySQL cannot store",
          null);
    }
  }
}
