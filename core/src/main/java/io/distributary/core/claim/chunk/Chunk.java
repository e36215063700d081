package io.distributary.core.claim.chunk;

/** A finished chunk: the Avro object container file, and what is known of it. */
public final class Chunk {
  private final byte[] bytes;
  private final int rows;
  private final int checksum;

  Chunk(byte[] bytes, int rows, int checksum) {
    this.bytes = bytes;
    this.rows = rows;
    this.checksum = checksum;
  }

  /** The file; not copied, not to be changed. */
  public byte[] bytes() {
    return bytes;
  }

  /** How many values it holds. */
  public int rows() {
    return rows;
  }

  /** Its CRC-32C, which it also carries itself. */
  public int checksum() {
    return checksum;
  }
}
