package io.distributary.sink.write;

import io.distributary.core.relation.Column;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/** Which type to declare in PostgreSQL for a record's column. */
final class PostgresColumnTypes {
  private PostgresColumnTypes() {}

  /** The type that holds whatever the column's schema can. */
  static String of(Column column) {
    Schema schema = column.schema();
    if (schema == null) {
      return "text";
    }
    return switch (schema.name() == null ? "" : schema.name()) {
      case Decimal.LOGICAL_NAME -> "numeric";
      case Date.LOGICAL_NAME, "io.debezium.time.Date" -> "date";
      case Time.LOGICAL_NAME,
          "io.debezium.time.Time",
          "io.debezium.time.MicroTime",
          "io.debezium.time.NanoTime" ->
          "time";
      case Timestamp.LOGICAL_NAME, "io.debezium.time.ZonedTimestamp" -> "timestamptz";
      case "io.debezium.time.Timestamp",
          "io.debezium.time.MicroTimestamp",
          "io.debezium.time.NanoTimestamp" ->
          "timestamp";
      case "io.debezium.time.ZonedTime" -> "timetz";
      case "io.debezium.time.Interval" -> "interval";
      case "io.debezium.data.Uuid" -> "uuid";
      case "io.debezium.data.Json" -> "jsonb";
      case "io.debezium.data.VariableScaleDecimal" -> "numeric";
      default -> of(schema);
    };
  }

  private static String of(Schema schema) {
    return switch (schema.type()) {
      case INT8, INT16 -> "smallint";
      case INT32 -> "integer";
      case INT64 -> "bigint";
      case FLOAT32 -> "real";
      case FLOAT64 -> "double precision";
      case BOOLEAN -> "boolean";
      case STRING -> "text";
      case BYTES -> "bytea";
      case ARRAY, MAP, STRUCT -> "jsonb";
    };
  }
}
