package io.distributary.sink.write;

import io.distributary.core.relation.DebeziumTypes;
import io.distributary.core.relation.postgres.TimeLiterals;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Date;
import java.util.Locale;
import java.util.function.LongFunction;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;

/**
 * Connect's dates and times as ISO 8601 text in UTC: {@code 2024-01-31}, {@code 12:34:56.789},
 * {@code 2024-01-31T12:34:56.789Z}. SQLite's own date functions read all three.
 */
@SuppressWarnings("JavaUtilDate") // the class of Connect's own logical types
final class TimeText {
  private static final DateTimeFormatter DATE = DateTimeFormatter.ISO_LOCAL_DATE;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);
  private static final DateTimeFormatter TIMESTAMP =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

  private TimeText() {}

  /**
   * How to write the numbers of Debezium's semantic types: {@code 2024-01-31}, {@code
   * 12:34:56.789}, {@code 2024-01-31 12:34:56.789}, and years before the first as those {@code BC}.
   *
   * @return null where numbers of that schema are no dates or times
   */
  static LongFunction<String> of(Schema schema) {
    return switch (schema == null || schema.name() == null ? "" : schema.name()) {
      case DebeziumTypes.DATE -> TimeLiterals::dateText;
      case DebeziumTypes.TIME -> millis -> TimeLiterals.timeText(millis * 1000);
      case DebeziumTypes.MICRO_TIME -> TimeLiterals::timeText;
      case DebeziumTypes.NANO_TIME -> nanos -> TimeLiterals.timeText(nanos / 1000);
      case DebeziumTypes.TIMESTAMP ->
          millis -> TimeLiterals.unixTimestampText(Math.multiplyExact(millis, 1000L));
      case DebeziumTypes.MICRO_TIMESTAMP -> TimeLiterals::unixTimestampText;
      case DebeziumTypes.NANO_TIMESTAMP ->
          nanos -> TimeLiterals.unixTimestampText(Math.floorDiv(nanos, 1000L));
      default -> null;
    };
  }

  /**
   * The value as text.
   *
   * @param schema tells a date, a time and a timestamp apart; without one it is a timestamp
   */
  static String of(Schema schema, Date value) {
    Instant instant = Instant.ofEpochMilli(value.getTime());
    String name = schema == null ? null : schema.name();
    if (org.apache.kafka.connect.data.Date.LOGICAL_NAME.equals(name)) {
      return DATE.format(instant.atOffset(ZoneOffset.UTC));
    } else if (Time.LOGICAL_NAME.equals(name)) {
      return TIME.format(instant.atOffset(ZoneOffset.UTC));
    }
    return TIMESTAMP.format(instant);
  }
}
