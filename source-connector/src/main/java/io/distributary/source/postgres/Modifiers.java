package io.distributary.source.postgres;

import io.debezium.spi.converter.RelationalColumn;

/** A column's length, or precision and scale, as Debezium tells them. */
final class Modifiers {
  /**
   * The greatest precision that a numeric can be declared with; without one Debezium tells more.
   */
  private static final int MAX_PRECISION = 1000;

  private Modifiers() {}

  /** The modifiers with a comma between; empty where the type was declared without. */
  static String of(RelationalColumn column) {
    int length = column.length().orElse(0);
    int scale = column.scale().orElse(0);
    return switch (column.nativeType()) {
      case Oids.NUMERIC, Oids.NUMERIC_ARRAY ->
          length > 0 && length <= MAX_PRECISION ? length + "," + signed(scale) : "";
      case Oids.BPCHAR,
          Oids.VARCHAR,
          Oids.BPCHAR_ARRAY,
          Oids.VARCHAR_ARRAY,
          Oids.BIT,
          Oids.VARBIT ->
          length > 0 && length < Integer.MAX_VALUE ? Integer.toString(length) : "";
      case Oids.TIME, Oids.TIME_WITH_TIME_ZONE, Oids.TIMESTAMP, Oids.TIMESTAMP_WITH_TIME_ZONE ->
          scale >= 0 && scale < 6 && column.scale().isPresent() ? Integer.toString(scale) : "";
      default -> "";
    };
  }

  /**
   * The scale stands in eleven bits, of which the highest is the sign; Debezium takes it as one.
   */
  private static int signed(int scale) {
    return scale >= 1024 ? scale - 2048 : scale;
  }
}
