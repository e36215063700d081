package io.distributary.core.relation.postgres;

import java.math.BigDecimal;
import java.util.StringTokenizer;

/** Intervals, as PostgreSQL writes them with {@code IntervalStyle=postgres}, and in ISO 8601. */
public final class PostgresIntervals {
  private PostgresIntervals() {}

  /**
   * The interval in ISO 8601, as Debezium's Interval has it. PostgreSQL reads that, too.
   *
   * @param seconds all below a minute, with its sign
   */
  public static String iso(
      long years, long months, long days, long hours, long minutes, BigDecimal seconds) {
    BigDecimal exact = seconds.signum() == 0 ? BigDecimal.ZERO : seconds.stripTrailingZeros();
    return "P"
        + years
        + "Y"
        + months
        + "M"
        + days
        + "DT"
        + hours
        + "H"
        + minutes
        + "M"
        + exact.toPlainString()
        + "S";
  }

  /** The text in ISO 8601; infinities stay as they are, and so does what is ISO 8601. */
  public static String iso(String text) {
    if (text.startsWith("P")
        || text.equals(TimeLiterals.INFINITY)
        || text.equals(TimeLiterals.NEGATIVE_INFINITY)) {
      return text;
    }
    long years = 0;
    long months = 0;
    long days = 0;
    long hours = 0;
    long minutes = 0;
    BigDecimal seconds = BigDecimal.ZERO;
    for (StringTokenizer words = new StringTokenizer(text); words.hasMoreTokens(); ) {
      String word = words.nextToken();
      if (word.indexOf(':') >= 0) {
        String[] parts = word.substring(isSigned(word) ? 1 : 0).split(":", 3);
        boolean negative = word.charAt(0) == '-';
        hours = signed(Long.parseLong(parts[0]), negative);
        minutes = signed(Long.parseLong(parts[1]), negative);
        seconds = negative ? new BigDecimal(parts[2]).negate() : new BigDecimal(parts[2]);
      } else {
        long number = Long.parseLong(word);
        String unit = words.nextToken();
        switch (unit.charAt(0)) {
          case 'y' -> years = number;
          case 'm' -> months = number;
          case 'd' -> days = number;
          default ->
              throw new IllegalArgumentException(
                  "Not an interval as PostgreSQL writes it with IntervalStyle=postgres: " + unit);
        }
      }
    }
    return iso(years, months, days, hours, minutes, seconds);
  }

  private static boolean isSigned(String word) {
    return word.charAt(0) == '-' || word.charAt(0) == '+';
  }

  private static long signed(long number, boolean negative) {
    return negative ? -number : number;
  }
}
