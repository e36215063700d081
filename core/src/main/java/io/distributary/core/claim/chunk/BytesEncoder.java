package io.distributary.core.claim.chunk;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes <a href="https://avro.apache.org/docs/1.12.0/specification/#binary-encoding">Avro's binary
 * form</a> into an array that grows. Avro's own encoders write to a stream, which costs more than
 * the values do, and cannot take back a value that turns out not to fit.
 *
 * <p>Not safe for use by several threads.
 */
final class BytesEncoder {
  /** The most that a number takes. */
  private static final int NUMBER_BYTES = 10;

  private byte[] bytes;
  private int size;

  /** An encoder with room for so many bytes, until it needs more. */
  BytesEncoder(int capacity) {
    bytes = new byte[capacity];
  }

  /** How many bytes were written. */
  int size() {
    return size;
  }

  /** Takes back what was written after so many bytes. */
  void truncate(int length) {
    size = length;
  }

  /** The array under way, of which the first {@link #size} bytes count. */
  byte[] array() {
    return bytes;
  }

  /** What was written. */
  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  private void require(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), bytes.length * 2));
    }
  }

  /** Says which branch of a union of null and something else follows. */
  void writePresence(boolean present) {
    require(1);
    bytes[size++] = (byte) (present ? 2 : 0);
  }

  void writeBoolean(boolean value) {
    require(1);
    bytes[size++] = (byte) (value ? 1 : 0);
  }

  /** Writes an int or a long, which have one form. */
  void writeLong(long value) {
    require(NUMBER_BYTES);
    byte[] to = bytes;
    int at = size;
    long left = (value << 1) ^ (value >> 63); // zigzag: small negative numbers are short, too
    while ((left & ~0x7fL) != 0) {
      to[at++] = (byte) (left | 0x80);
      left >>>= 7;
    }
    to[at++] = (byte) left;
    size = at;
  }

  void writeFloat(float value) {
    writeLittleEndian(Float.floatToRawIntBits(value), Float.BYTES);
  }

  void writeDouble(double value) {
    writeLittleEndian(Double.doubleToRawLongBits(value), Double.BYTES);
  }

  private void writeLittleEndian(long bits, int length) {
    require(length);
    for (int i = 0; i < length; i++) {
      bytes[size++] = (byte) (bits >> (Byte.SIZE * i));
    }
  }

  void writeString(String value) {
    writeBytes(value.getBytes(StandardCharsets.UTF_8));
  }

  void writeBytes(byte[] value) {
    writeBytes(value, 0, value.length);
  }

  void writeBytes(byte[] value, int start, int length) {
    writeLong(length);
    writeFixed(value, start, length);
  }

  /** Writes what remains of a buffer, which stays as it was. */
  void writeBytes(ByteBuffer value) {
    int length = value.remaining();
    writeLong(length);
    require(length);
    value.get(value.position(), bytes, size, length);
    size += length;
  }

  /** Writes a number as bytes: the fewest that hold its two's complement, the highest first. */
  void writeBigEndian(long value) {
    int magnitude = Long.SIZE - Long.numberOfLeadingZeros(value < 0 ? ~value : value);
    int length = magnitude / Byte.SIZE + 1;
    writeLong(length);
    require(length);
    for (int i = length - 1; i >= 0; i--) {
      bytes[size++] = (byte) (value >> (Byte.SIZE * i));
    }
  }

  /** Writes bytes without their length. */
  void writeFixed(byte[] value, int start, int length) {
    require(length);
    System.arraycopy(value, start, bytes, size, length);
    size += length;
  }

  /** Begins the items of an array, or the entries of a map. */
  void beginItems(int count) {
    if (count > 0) {
      writeLong(count);
    }
  }

  /** Ends them. */
  void endItems() {
    writeLong(0);
  }
}
