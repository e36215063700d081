package io.distributary.core.claim.chunk;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The checksum that a chunk carries in its own header: a CRC-32C over the whole file, with eight
 * zeros in the place of its hexadecimal digits. It covers the header, which Avro's and zstd's own
 * checks do not.
 */
final class Seal {
  /** The header's entry that holds the digits. */
  static final String KEY = "distributary.crc32c";

  /** What stands there until the checksum is known. */
  static final String BLANK = "00000000";

  /** The entry as Avro writes it: both lengths as zigzag numbers. */
  private static final byte[] ENTRY = entry();

  private Seal() {}

  private static byte[] entry() {
    byte[] key = KEY.getBytes(StandardCharsets.US_ASCII);
    byte[] entry = new byte[key.length + 2];
    entry[0] = (byte) (key.length << 1);
    System.arraycopy(key, 0, entry, 1, key.length);
    entry[entry.length - 1] = (byte) (BLANK.length() << 1);
    return entry;
  }

  /** Writes the checksum into a finished chunk, and returns it. */
  static int seal(byte[] chunk) {
    int at = position(chunk);
    int checksum = checksum(chunk, at);
    byte[] digits = digits(checksum);
    System.arraycopy(digits, 0, chunk, at, digits.length);
    return checksum;
  }

  /**
   * The checksum that the chunk carries.
   *
   * @throws DamagedChunkException when it carries none or its content has another
   */
  static int verified(byte[] chunk) {
    int at = position(chunk);
    if (at < 0) {
      throw new DamagedChunkException("it is not a chunk, or it was cut off");
    }
    int checksum = checksum(chunk, at);
    byte[] digits = digits(checksum);
    for (int i = 0; i < digits.length; i++) {
      if (chunk[at + i] != digits[i]) {
        throw new DamagedChunkException("its content does not match its checksum");
      }
    }
    return checksum;
  }

  private static byte[] digits(int checksum) {
    return String.format("%08x", checksum).getBytes(StandardCharsets.US_ASCII);
  }

  private static int checksum(byte[] chunk, int at) {
    CRC32C crc = new CRC32C();
    crc.update(chunk, 0, at);
    crc.update(BLANK.getBytes(StandardCharsets.US_ASCII));
    int rest = at + BLANK.length();
    crc.update(chunk, rest, chunk.length - rest);
    return (int) crc.getValue();
  }

  /** Where the digits are, or -1. */
  private static int position(byte[] chunk) {
    int last = chunk.length - ENTRY.length - BLANK.length();
    for (int start = 0; start <= last; start++) {
      if (matches(chunk, start)) {
        return start + ENTRY.length;
      }
    }
    return -1;
  }

  private static boolean matches(byte[] chunk, int start) {
    for (int i = 0; i < ENTRY.length; i++) {
      if (chunk[start + i] != ENTRY[i]) {
        return false;
      }
    }
    return true;
  }
}
