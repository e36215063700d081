package io.distributary.sink.write;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Date;
import java.util.Locale;
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
