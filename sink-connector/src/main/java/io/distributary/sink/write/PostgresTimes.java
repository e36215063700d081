package io.distributary.sink.write;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.chrono.IsoEra;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Date;
import java.util.Locale;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/**
 * What the numbers of a record's column mean, where they are dates or times: Connect's logical
 * types and Debezium's semantic ones (Debezium's documentation, "Temporal types").
 */
@SuppressWarnings("JavaUtilDate") // the class of Connect's own logical types
enum PostgresTimes {
  /** No date or time, or one in text. */
  NONE(0),
  /** Days since 1970. */
  DATE(0),
  /** Since midnight. */
  TIME_MILLIS(1000),
  TIME_MICROS(1),
  TIME_NANOS(-1000),
  /** Since 1970 UTC. */
  MILLIS(1000),
  MICROS(1),
  NANOS(-1000);

  private static final long DAY = 86_400_000L;

  private static final DateTimeFormatter DATE_TEXT =
      new DateTimeFormatterBuilder().appendPattern("yyyyyyyyy-MM-dd").toFormatter(Locale.ROOT);

  /** How many microseconds a unit is; negative: how many units a microsecond is. */
  private final int micros;

  PostgresTimes(int micros) {
    this.micros = micros;
  }

  /** What values of that schema are; null stands for no schema. */
  static PostgresTimes of(Schema schema) {
    return switch (schema == null || schema.name() == null ? "" : schema.name()) {
      case org.apache.kafka.connect.data.Date.LOGICAL_NAME, "io.debezium.time.Date" -> DATE;
      case Time.LOGICAL_NAME, "io.debezium.time.Time" -> TIME_MILLIS;
      case "io.debezium.time.MicroTime" -> TIME_MICROS;
      case "io.debezium.time.NanoTime" -> TIME_NANOS;
      case Timestamp.LOGICAL_NAME, "io.debezium.time.Timestamp" -> MILLIS;
      case "io.debezium.time.MicroTimestamp" -> MICROS;
      case "io.debezium.time.NanoTimestamp" -> NANOS;
      default -> NONE;
    };
  }

  boolean isDate() {
    return this == DATE;
  }

  boolean isTime() {
    return this == TIME_MILLIS || this == TIME_MICROS || this == TIME_NANOS;
  }

  boolean isTimestamp() {
    return this == MILLIS || this == MICROS || this == NANOS;
  }

  /** Whether a value is of the class that such values have. */
  boolean means(Object value) {
    return this != NONE
        && (value instanceof Long || value instanceof Integer || value instanceof Date);
  }

  /** The days since 1970 of a date. */
  long days(Object value) {
    return value instanceof Date date
        ? Math.floorDiv(date.getTime(), DAY)
        : ((Number) value).longValue();
  }

  /** The microseconds since midnight, or since 1970, of a time or timestamp. */
  long micros(Object value) {
    if (value instanceof Date date) {
      return Math.multiplyExact(date.getTime(), 1000L);
    }
    long number = ((Number) value).longValue();
    return micros > 0 ? Math.multiplyExact(number, micros) : Math.floorDiv(number, -micros);
  }

  /** The value as PostgreSQL reads it; a timestamp with its zone, UTC. */
  String text(Object value) {
    if (isDate()) {
      return date(LocalDate.ofEpochDay(days(value)), "");
    }
    long micros = micros(value);
    if (isTime()) {
      return micros == DAY * 1000
          ? "24:00:00"
          : LocalTime.ofNanoOfDay(Math.multiplyExact(micros, 1000L)).toString();
    }
    LocalDateTime timestamp =
        LocalDateTime.ofEpochSecond(
            Math.floorDiv(micros, 1_000_000L),
            Math.toIntExact(Math.floorMod(micros, 1_000_000L) * 1000),
            ZoneOffset.UTC);
    return date(timestamp.toLocalDate(), " " + timestamp.toLocalTime() + "+00");
  }

  /** PostgreSQL writes years before the first as those of the other era. */
  private static String date(LocalDate date, String rest) {
    boolean before = date.getEra() == IsoEra.BCE;
    return DATE_TEXT.format(date) + rest + (before ? " BC" : "");
  }
}
