package io.distributary.sink.write;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * The binary form of {@code numeric} ({@code numeric_recv} in PostgreSQL's {@code numeric.c}):
 * digits of base 10,000, the power of the first one, a sign, and the number of decimal places.
 */
final class PostgresNumeric {
  private static final BigInteger BASE = BigInteger.valueOf(10_000);
  private static final int MAX_SCALE = 16_383;
  private static final int NEGATIVE = 0x4000;
  private static final int[] POWERS = {1, 10, 100, 1000};

  private PostgresNumeric() {}

  static void write(PostgresBuffer out, long value) {
    write(out, value, 0);
  }

  /** Writes the number, or nothing and false where it has too many decimal places. */
  static boolean write(PostgresBuffer out, BigDecimal value) {
    BigDecimal number = value.scale() < 0 ? value.setScale(0) : value;
    int scale = number.scale();
    if (scale > MAX_SCALE) {
      return false;
    }
    BigInteger unscaled = number.unscaledValue();
    if (unscaled.bitLength() < 50) {
      // Times 1000 at most, it is still a long.
      write(out, unscaled.longValue(), scale);
      return true;
    }
    int missing = (4 - scale % 4) % 4;
    BigInteger left = unscaled.abs().multiply(BigInteger.valueOf(POWERS[missing]));
    short[] digits = new short[left.bitLength() / 13 + 1];
    int count = 0;
    while (left.signum() != 0) {
      BigInteger[] parts = left.divideAndRemainder(BASE);
      digits[count++] = parts[1].shortValue();
      left = parts[0];
    }
    write(out, digits, count, unscaled.signum() < 0, scale);
    return true;
  }

  private static void write(PostgresBuffer out, long unscaled, int scale) {
    int missing = (4 - scale % 4) % 4;
    short[] digits = new short[6];
    int count = 0;
    // Of the most negative long the remainder is right, too, when it is negated last.
    for (long left = unscaled * POWERS[missing]; left != 0; left /= 10_000) {
      digits[count++] = (short) Math.abs(left % 10_000);
    }
    write(out, digits, count, unscaled < 0, scale);
  }

  /** The digits come least significant first. */
  private static void write(
      PostgresBuffer out, short[] digits, int count, boolean negative, int scale) {
    int first = 0;
    while (first < count && digits[first] == 0) {
      first++;
    }
    int written = count - first;
    int weight = written == 0 ? 0 : count - 1 - (scale + 3) / 4;
    out.int4(8 + written * 2);
    out.int2(written);
    out.int2(weight);
    out.int2(negative ? NEGATIVE : 0);
    out.int2(scale);
    for (int i = count - 1; i >= first; i--) {
      out.int2(digits[i]);
    }
  }
}
