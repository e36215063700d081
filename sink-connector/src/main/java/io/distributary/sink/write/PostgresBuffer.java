package io.distributary.sink.write;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes in network order, as PostgreSQL's protocol has them, in an array that grows. */
final class PostgresBuffer {
  private byte[] bytes;
  private int size;

  PostgresBuffer(int capacity) {
    bytes = new byte[capacity];
  }

  byte[] array() {
    return bytes;
  }

  int size() {
    return size;
  }

  /** Goes back to that size, or reserves what is between. */
  void size(int position) {
    room(position - size);
    size = position;
  }

  private void room(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }

  void int1(int value) {
    room(1);
    bytes[size++] = (byte) value;
  }

  void int2(int value) {
    room(2);
    bytes[size++] = (byte) (value >> 8);
    bytes[size++] = (byte) value;
  }

  void int4(int value) {
    room(4);
    int4(size, value);
    size += 4;
  }

  /** Writes over what stands at a position. */
  void int4(int position, int value) {
    bytes[position] = (byte) (value >> 24);
    bytes[position + 1] = (byte) (value >> 16);
    bytes[position + 2] = (byte) (value >> 8);
    bytes[position + 3] = (byte) value;
  }

  void int8(long value) {
    int4((int) (value >> 32));
    int4((int) value);
  }

  void bytes(byte[] value) {
    bytes(value, value.length);
  }

  void bytes(byte[] value, int length) {
    room(length);
    System.arraycopy(value, 0, bytes, size, length);
    size += length;
  }

  /** The length of what follows, told once it is known by {@link #endValue}. */
  int beginValue() {
    int start = size;
    size(start + 4);
    return start;
  }

  void endValue(int start) {
    int4(start, size - start - 4);
  }

  /** Text in UTF-8; letters of ASCII, which most text is, without a copy in between. */
  void text(String value) {
    int length = value.length();
    room(length);
    byte[] into = bytes;
    int at = size;
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if (c >= 0x80) {
        bytes(value.getBytes(StandardCharsets.UTF_8));
        return;
      }
      into[at++] = (byte) c;
    }
    size = at;
  }
}
