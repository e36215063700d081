package io.distributary.source.postgres;

/** PostgreSQL's log sequence numbers: a number with us, {@code 16/B374D848} with the server. */
final class Lsn {
  private Lsn() {}

  /** As the server writes it. */
  static String text(long lsn) {
    return "%X/%X".formatted(lsn >>> 32, lsn & 0xFFFFFFFFL);
  }
}
