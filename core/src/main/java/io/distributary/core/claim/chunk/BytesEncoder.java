package io.distributary.core.claim.chunk;

import java.util.Arrays;
import org.apache.avro.io.BinaryData;
import org.apache.avro.io.BinaryEncoder;

/**
 * Writes Avro's binary form into an array that grows. Avro's own encoders write to a stream, which
 * costs more than the values do, and cannot take back a value that turns out not to fit.
 *
 * <p>Not safe for use by several threads.
 */
final class BytesEncoder extends BinaryEncoder {
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

  @Override
  public void writeBoolean(boolean value) {
    require(1);
    bytes[size++] = (byte) (value ? 1 : 0);
  }

  @Override
  public void writeInt(int value) {
    require(NUMBER_BYTES);
    size += BinaryData.encodeInt(value, bytes, size);
  }

  @Override
  public void writeLong(long value) {
    require(NUMBER_BYTES);
    size += BinaryData.encodeLong(value, bytes, size);
  }

  @Override
  public void writeFloat(float value) {
    require(NUMBER_BYTES);
    size += BinaryData.encodeFloat(value, bytes, size);
  }

  @Override
  public void writeDouble(double value) {
    require(NUMBER_BYTES);
    size += BinaryData.encodeDouble(value, bytes, size);
  }

  @Override
  public void writeFixed(byte[] value, int start, int length) {
    require(length);
    System.arraycopy(value, start, bytes, size, length);
    size += length;
  }

  @Override
  protected void writeZero() {
    require(1);
    bytes[size++] = 0;
  }

  @Override
  public int bytesBuffered() {
    return 0;
  }

  @Override
  public void flush() {
    // It is all there already.
  }
}
