package io.distributary.sink.write;

import io.distributary.core.relation.Column;
import java.util.List;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/** The types that columns of records get in relations that the sink creates. */
final class MariaDbTypes {
  static final int MAX_PRECISION = 65;

  /** What MySQL allows; MariaDB has a few more. */
  static final int MAX_SCALE = 30;

  /** Of all columns of an index together (InnoDB, row format DYNAMIC, pages of 16 kB). */
  private static final int MAX_KEY_BYTES = 3072;

  /** More than any number, date or time takes. */
  private static final int OTHER_KEY_BYTES = 32;

  private static final String PRECISION = "connect.decimal.precision";

  private final String exactText;

  /**
   * Types for a server.
   *
   * @param exactCollation its collation of utf8mb4 in which only equal strings are equal
   */
  MariaDbTypes(String exactCollation) {
    this.exactText = " CHARACTER SET utf8mb4 COLLATE " + exactCollation;
  }

  /**
   * The type of a column.
   *
   * @param key the columns of the primary key; the column may be one of them
   * @throws WriteException for one that no type can hold
   */
  String of(Column column, List<Column> key) {
    boolean isKey = key.stream().anyMatch(other -> other.name().equals(column.name()));
    String type = type(column);
    if (!isKey) {
      return type;
    } else if (type.startsWith("LONGTEXT")) {
      return "VARCHAR(" + keyBytes(key) / 4 + ")" + exactText;
    } else if (type.equals("LONGBLOB")) {
      return "VARBINARY(" + keyBytes(key) + ")";
    }
    return type;
  }

  /** How long each column of a key may be whose length is not known. */
  private int keyBytes(List<Column> key) {
    long open = key.stream().map(this::type).filter(type -> type.startsWith("LONG")).count();
    long others = key.size() - open;
    return (int) ((MAX_KEY_BYTES - others * OTHER_KEY_BYTES) / Math.max(open, 1)) / 4 * 4;
  }

  private String type(Column column) {
    Schema schema = column.schema();
    if (schema == null) {
      return "LONGTEXT" + exactText;
    }
    return switch (schema.name() == null ? "" : schema.name()) {
      case Decimal.LOGICAL_NAME -> decimal(column);
      case "io.debezium.data.VariableScaleDecimal" ->
          "DECIMAL(" + MAX_PRECISION + "," + MAX_SCALE + ")";
      case Date.LOGICAL_NAME, "io.debezium.time.Date" -> "DATE";
      case Time.LOGICAL_NAME, "io.debezium.time.Time" -> "TIME(3)";
      case "io.debezium.time.MicroTime", "io.debezium.time.NanoTime" -> "TIME(6)";
      case Timestamp.LOGICAL_NAME, "io.debezium.time.Timestamp" -> "DATETIME(3)";
      case "io.debezium.time.MicroTimestamp",
          "io.debezium.time.NanoTimestamp",
          "io.debezium.time.ZonedTimestamp" ->
          "DATETIME(6)";
      case "io.debezium.data.Uuid" -> "CHAR(36) CHARACTER SET ascii COLLATE ascii_bin";
      default -> plain(schema.type());
    };
  }

  private String plain(Schema.Type type) {
    return switch (type) {
      case INT8 -> "TINYINT";
      case INT16 -> "SMALLINT";
      case INT32 -> "INT";
      case INT64 -> "BIGINT";
      case FLOAT32 -> "FLOAT";
      case FLOAT64 -> "DOUBLE";
      case BOOLEAN -> "BOOLEAN";
      case BYTES -> "LONGBLOB";
      case STRING, ARRAY, MAP, STRUCT -> "LONGTEXT" + exactText;
    };
  }

  private static String decimal(Column column) {
    int scale = Integer.parseInt(column.schema().parameters().get(Decimal.SCALE_FIELD));
    String given = column.schema().parameters().get(PRECISION);
    int precision = given == null ? MAX_PRECISION : Integer.parseInt(given);
    if (scale < 0 || scale > MAX_SCALE || precision > MAX_PRECISION) {
      throw new WriteException(
          WriteException.Kind.FATAL,
          "Column "
              + column.name()
              + " is a decimal of "
              + (given == null ? "" : precision + " digits, ")
              + scale
              + " of them after the point, which DECIMAL cannot hold (at most "
              + MAX_PRECISION
              + ", "
              + MAX_SCALE
              + "). Create the relation by hand, with a VARCHAR column for it",
          null);
    }
    return "DECIMAL(" + precision + "," + scale + ")";
  }
}
