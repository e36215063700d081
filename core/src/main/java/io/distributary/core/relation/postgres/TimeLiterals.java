package io.distributary.core.relation.postgres;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Dates and times as PostgreSQL writes them with {@code DateStyle=ISO}, and as numbers: days since
 * 1970-01-01, microseconds since midnight, and, for timestamps, microseconds since 2000-01-01, in
 * which all of PostgreSQL's fit. As inside PostgreSQL, the greatest and the least number are
 * infinity and its negative.
 */
public final class TimeLiterals {
  static final String INFINITY = "infinity";
  static final String NEGATIVE_INFINITY = "-infinity";

  /** Microseconds from 1970-01-01 to 2000-01-01. */
  static final long EPOCH = 946_684_800_000_000L;

  /** The driver's constants for infinite timestamps, as microseconds. */
  private static final long DEBEZIUM_INFINITY = 9_223_372_036_825_200_000L;

  private static final long DEBEZIUM_NEGATIVE_INFINITY = -9_223_372_036_832_400_000L;

  private static final long SECOND = 1_000_000L;
  private static final long DAY = 86_400 * SECOND;

  private static final Pattern DATE = Pattern.compile("(\\d{4,})-(\\d\\d)-(\\d\\d)( BC)?");
  private static final Pattern TIME =
      Pattern.compile("(\\d\\d):(\\d\\d):(\\d\\d)(?:\\.(\\d{1,6}))?");
  private static final Pattern OFFSET =
      Pattern.compile("([+-])(\\d\\d)(?::(\\d\\d))?(?::(\\d\\d))?");

  private TimeLiterals() {}

  /** The days of a {@code date}'s text. */
  public static int days(String text) {
    if (text.equals(INFINITY)) {
      return Integer.MAX_VALUE;
    } else if (text.equals(NEGATIVE_INFINITY)) {
      return Integer.MIN_VALUE;
    }
    return Math.toIntExact(date(match(DATE, text, text), text).toEpochDay());
  }

  /** The microseconds of that instant since 2000-01-01. */
  public static long micros(Instant instant) {
    long seconds = instant.getEpochSecond() - EPOCH / SECOND;
    return Math.addExact(Math.multiplyExact(seconds, SECOND), instant.getNano() / 1000);
  }

  /** The microseconds of the text of a {@code timestamp}, with time zone or without. */
  public static long micros(String text) {
    if (text.equals(INFINITY)) {
      return Long.MAX_VALUE;
    } else if (text.equals(NEGATIVE_INFINITY)) {
      return Long.MIN_VALUE;
    }
    int space = text.indexOf(' ');
    boolean bc = text.endsWith(" BC");
    if (space < 0) {
      throw unknown(text);
    }
    String date = text.substring(0, space) + (bc ? " BC" : "");
    String time = text.substring(space + 1, bc ? text.length() - 3 : text.length());
    long day = date(match(DATE, date, text), text).toEpochDay() - EPOCH / DAY;
    int offset = Math.max(time.indexOf('+'), time.indexOf('-'));
    long ofDay = timeMicros(offset < 0 ? time : time.substring(0, offset));
    return day * DAY + ofDay - (offset < 0 ? 0 : offsetSeconds(time.substring(offset)) * SECOND);
  }

  /** The microseconds since midnight of a {@code time}'s text; a day's for {@code 24:00:00}. */
  public static long timeMicros(String text) {
    Matcher time = match(TIME, text, text);
    String fraction = time.group(4) == null ? "0" : time.group(4);
    long micros = Long.parseLong(fraction);
    for (int digits = fraction.length(); digits < 6; digits++) {
      micros *= 10;
    }
    return ((number(time, 1) * 60L + number(time, 2)) * 60 + number(time, 3)) * SECOND + micros;
  }

  /** The {@code date} of those days as text. */
  public static String dateText(long days) {
    if (days == Integer.MAX_VALUE) {
      return INFINITY;
    } else if (days == Integer.MIN_VALUE) {
      return NEGATIVE_INFINITY;
    }
    LocalDate date = LocalDate.ofEpochDay(days);
    return dateText(date) + (date.getYear() <= 0 ? " BC" : "");
  }

  /** The {@code timestamp} without time zone of those microseconds as text. */
  public static String timestampText(long micros) {
    return timestampText(micros, "");
  }

  /**
   * The {@code timestamp} without time zone of microseconds since 1970 as text; infinite for the
   * two numbers that Debezium's own conversion makes of infinities.
   */
  public static String unixTimestampText(long micros) {
    if (micros == DEBEZIUM_INFINITY) {
      return INFINITY;
    } else if (micros == DEBEZIUM_NEGATIVE_INFINITY) {
      return NEGATIVE_INFINITY;
    }
    return timestampText(Math.subtractExact(micros, EPOCH));
  }

  /** The {@code timestamp with time zone} of those microseconds as text, in UTC. */
  public static String zonedTimestampText(long micros) {
    return timestampText(micros, "+00");
  }

  private static String timestampText(long micros, String zone) {
    if (micros == Long.MAX_VALUE) {
      return INFINITY;
    } else if (micros == Long.MIN_VALUE) {
      return NEGATIVE_INFINITY;
    }
    LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(micros, DAY) + EPOCH / DAY);
    return dateText(date)
        + ' '
        + timeText(Math.floorMod(micros, DAY))
        + zone
        + (date.getYear() <= 0 ? " BC" : "");
  }

  /** The {@code time} of those microseconds since midnight as text. */
  public static String timeText(long micros) {
    long seconds = micros / SECOND;
    StringBuilder text = new StringBuilder(15);
    appendPadded(text, seconds / 3600, 2).append(':');
    appendPadded(text, seconds / 60 % 60, 2).append(':');
    appendPadded(text, seconds % 60, 2);
    long fraction = micros % SECOND;
    if (fraction != 0) {
      appendPadded(text.append('.'), fraction, 6);
      while (text.charAt(text.length() - 1) == '0') {
        text.setLength(text.length() - 1);
      }
    }
    return text.toString();
  }

  /** The instant as ISO 8601 in UTC, in the form of Debezium's ZonedTimestamp. */
  public static String isoInstant(long micros) {
    if (micros == Long.MAX_VALUE) {
      return INFINITY;
    } else if (micros == Long.MIN_VALUE) {
      return NEGATIVE_INFINITY;
    }
    LocalDateTime time =
        LocalDateTime.ofEpochSecond(
            Math.floorDiv(micros, SECOND) + EPOCH / SECOND,
            (int) Math.floorMod(micros, SECOND) * 1000,
            ZoneOffset.UTC);
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time.atOffset(ZoneOffset.UTC));
  }

  /**
   * The {@code timestamp with time zone} of a text in ISO 8601 as PostgreSQL reads it. What is no
   * such text stays as it is, for PostgreSQL to judge.
   */
  public static String zonedTimestampText(String iso) {
    char first = iso.isEmpty() ? ' ' : iso.charAt(0);
    boolean signed = (first == '-' || first == '+') && iso.length() > 1;
    if (!signed || !Character.isDigit(iso.charAt(1))) {
      return iso; // PostgreSQL reads ISO 8601 but for years before the first and beyond 9999.
    }
    try {
      return zonedTimestampText(micros(OffsetDateTime.parse(iso).toInstant()));
    } catch (DateTimeParseException | ArithmeticException notIso) {
      return iso;
    }
  }

  /** The text of a {@code time with time zone} in ISO 8601, as Debezium's ZonedTime has it. */
  static String isoZonedTime(String text) {
    int sign = Math.max(text.indexOf('+'), text.indexOf('-'));
    String offset = text.substring(sign);
    boolean utc = offset.equals("+00");
    // ISO 8601 wants minutes; PostgreSQL leaves out those that are zero.
    return text.substring(0, sign) + (utc ? "Z" : offset.length() == 3 ? offset + ":00" : offset);
  }

  private static LocalDate date(Matcher date, String text) {
    int year = Integer.parseInt(date.group(1));
    try {
      return LocalDate.of(
          date.group(4) == null ? year : 1 - year, number(date, 2), number(date, 3));
    } catch (java.time.DateTimeException e) {
      throw new IllegalArgumentException(unknown(text).getMessage(), e);
    }
  }

  private static long offsetSeconds(String text) {
    Matcher offset = match(OFFSET, text, text);
    long minutes = number(offset, 2) * 60L + (offset.group(3) == null ? 0 : number(offset, 3));
    long seconds = minutes * 60 + (offset.group(4) == null ? 0 : number(offset, 4));
    return offset.group(1).equals("-") ? -seconds : seconds;
  }

  private static String dateText(LocalDate date) {
    int year = date.getYear() > 0 ? date.getYear() : 1 - date.getYear();
    StringBuilder text = new StringBuilder(10);
    appendPadded(text, year, 4).append('-');
    appendPadded(text, date.getMonthValue(), 2).append('-');
    return appendPadded(text, date.getDayOfMonth(), 2).toString();
  }

  private static StringBuilder appendPadded(StringBuilder text, long number, int digits) {
    String written = Long.toString(number);
    text.append("0".repeat(Math.max(0, digits - written.length())));
    return text.append(written);
  }

  private static int number(Matcher match, int group) {
    return Integer.parseInt(match.group(group));
  }

  private static Matcher match(Pattern pattern, String part, String whole) {
    Matcher match = pattern.matcher(part);
    if (!match.matches()) {
      throw unknown(whole);
    }
    return match;
  }

  private static IllegalArgumentException unknown(String text) {
    return new IllegalArgumentException(
        "Not a date or time as PostgreSQL writes it with DateStyle=ISO: "
            + text.length()
            + " characters");
  }
}
