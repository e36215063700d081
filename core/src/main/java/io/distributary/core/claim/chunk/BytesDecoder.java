package io.distributary.core.claim.chunk;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads Avro's binary form from an array: the counterpart of {@link BytesEncoder}. Avro's own
 * decoders copy each string twice.
 *
 * <p>What is no such form ends in an {@link IndexOutOfBoundsException}, or in other values than
 * were written: who reads verifies a checksum before and asks {@link #isEnd} afterwards.
 *
 * <p>Not safe for use by several threads.
 */
final class BytesDecoder {
  /** Strings of one ASCII character, as flags and codes are: not to be made for each row. */
  private static final String[] CHARACTERS = characters();

  private final byte[] bytes;
  private final int end;
  private int next;

  /** A decoder of the first bytes of an array. */
  BytesDecoder(byte[] bytes, int length) {
    this.bytes = bytes;
    this.end = length;
  }

  /** A decoder of an array. */
  BytesDecoder(byte[] bytes) {
    this(bytes, bytes.length);
  }

  private static String[] characters() {
    String[] characters = new String[Byte.MAX_VALUE + 1];
    for (char c = 0; c < characters.length; c++) {
      characters[c] = String.valueOf(c);
    }
    return characters;
  }

  /** Whether exactly all bytes were read. */
  boolean isEnd() {
    return next == end;
  }

  /** Whether a union of null and something else holds the latter. */
  boolean readPresence() {
    return bytes[next++] != 0;
  }

  boolean readBoolean() {
    return bytes[next++] != 0;
  }

  int readInt() {
    return (int) readLong();
  }

  long readLong() {
    int at = next;
    long bits = bytes[at++];
    if (bits < 0) {
      bits &= 0x7f;
      int more;
      int shift = 7;
      do {
        more = bytes[at++];
        bits |= (more & 0x7fL) << shift;
        shift += 7;
      } while (more < 0);
    }
    next = at;
    return (bits >>> 1) ^ -(bits & 1);
  }

  float readFloat() {
    return Float.intBitsToFloat((int) readLittleEndian(Float.BYTES));
  }

  double readDouble() {
    return Double.longBitsToDouble(readLittleEndian(Double.BYTES));
  }

  private long readLittleEndian(int length) {
    long bits = 0;
    for (int i = 0; i < length; i++) {
      bits |= (bytes[next++] & 0xffL) << (Byte.SIZE * i);
    }
    return bits;
  }

  String readString() {
    int length = readInt();
    int start = skip(length);
    if (length == 1 && bytes[start] >= 0) {
      return CHARACTERS[bytes[start]];
    }
    return new String(bytes, start, length, StandardCharsets.UTF_8);
  }

  byte[] readBytes() {
    return readFixed(readInt());
  }

  /** Reads so many bytes. */
  byte[] readFixed(int length) {
    int start = skip(length);
    return Arrays.copyOfRange(bytes, start, start + length);
  }

  /** Passes over so many bytes, and returns where they began. */
  int skip(int length) {
    if (length < 0 || length > end - next) {
      throw new IndexOutOfBoundsException(length + " bytes at " + next + " of " + end);
    }
    int start = next;
    next += length;
    return start;
  }

  /** Reads a number that stands as bytes, when it is a long: see {@link #isLong}. */
  long readBigEndian() {
    int length = readInt();
    int start = skip(length);
    long value = bytes[start];
    for (int i = 1; i < length; i++) {
      value = value << Byte.SIZE | (bytes[start + i] & 0xff);
    }
    return value;
  }

  /** Whether the bytes that come, as a number, fit into a long. */
  boolean isLong() {
    return bytes[next] > 0 && bytes[next] <= Long.BYTES << 1; // the length, in zigzag
  }

  /** Reads a number that stands as bytes. */
  BigInteger readBigInteger() {
    int length = readInt();
    return new BigInteger(bytes, skip(length), length);
  }

  /** How many items of an array or entries of a map come next: 0 when there are no more. */
  long readItems() {
    long count = readLong();
    if (count < 0) { // then the length of the block follows
      readLong();
      return -count;
    }
    return count;
  }
}
