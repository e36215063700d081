package io.distributary.core.record;

import java.util.Arrays;

/**
 * A text value whose bytes are not valid UTF-8. SQLite stores such text as it is given; a Java
 * string would lose it.
 *
 * @param bytes the bytes as stored; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // equality is defined below
public record RawText(byte[] bytes) {

  @Override
  public boolean equals(Object other) {
    return other instanceof RawText text && Arrays.equals(bytes, text.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "RawText[" + bytes.length + " bytes]";
  }
}
