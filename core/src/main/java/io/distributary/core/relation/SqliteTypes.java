package io.distributary.core.relation;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/**
 * What a type declared in SQLite means, in both directions. A declared type is only a preference
 * there: a value of another type can stand in any column (but of a STRICT table), so a schema tells
 * what readers may expect, and what does not fit travels beside the row.
 */
public final class SqliteTypes {
  private static final Pattern SCALED =
      Pattern.compile("(?:NUMERIC|DECIMAL|DEC|NUMBER).*\\(\\s*\\d+\\s*,\\s*(\\d{1,3})\\s*\\).*");

  /** A type that can stand in DDL as it is: words, then at most one list of numbers. */
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z_][A-Za-z0-9_]*( [A-Za-z_][A-Za-z0-9_]*)* ?(\\([0-9+-., ]*\\))?");

  /** A number of so many digits comes back from a double as it was. */
  private static final int EXACT_DIGITS = 15;

  private static final String ANY = "ANY";

  private SqliteTypes() {}

  /** A type affinity, as in "Datatypes In SQLite", section 3. */
  public enum Affinity {
    /** Numbers become text. */
    TEXT,
    /** Text that looks like a number becomes one. */
    NUMERIC,
    /** As numeric. */
    INTEGER,
    /** As numeric, and integers become floating point. */
    REAL,
    /** Nothing is converted. */
    BLOB
  }

  /** The affinity of a declared type ("Datatypes In SQLite", section 3.1); null counts as none. */
  public static Affinity affinity(String declaredType) {
    String type = declaredType == null ? "" : declaredType.toUpperCase(Locale.ROOT);
    if (type.contains("INT")) {
      return Affinity.INTEGER;
    } else if (type.contains("CHAR") || type.contains("CLOB") || type.contains("TEXT")) {
      return Affinity.TEXT;
    } else if (type.contains("BLOB") || type.isEmpty()) {
      return Affinity.BLOB;
    } else if (type.contains("REAL") || type.contains("FLOA") || type.contains("DOUB")) {
      return Affinity.REAL;
    }
    return Affinity.NUMERIC;
  }

  /** The Connect schema of a column's values, always optional. */
  public static Schema schema(String declaredType) {
    String type = declaredType == null ? "" : declaredType.toUpperCase(Locale.ROOT).trim();
    if (type.isEmpty() || type.equals(ANY)) {
      return Schema.OPTIONAL_STRING_SCHEMA;
    } else if (type.contains("BOOL")) {
      return Schema.OPTIONAL_BOOLEAN_SCHEMA;
    }
    return switch (affinity(type)) {
      case INTEGER -> Schema.OPTIONAL_INT64_SCHEMA;
      case TEXT -> Schema.OPTIONAL_STRING_SCHEMA;
      case BLOB -> Schema.OPTIONAL_BYTES_SCHEMA;
      case REAL -> Schema.OPTIONAL_FLOAT64_SCHEMA;
      case NUMERIC -> numeric(type);
    };
  }

  private static Schema numeric(String type) {
    if (type.contains("DATE") || type.contains("TIME")) {
      return Schema.OPTIONAL_STRING_SCHEMA;
    }
    Matcher scaled = SCALED.matcher(type);
    int scale = scaled.matches() ? Integer.parseInt(scaled.group(1)) : 0;
    return scale > 0 ? Decimal.builder(scale).optional().build() : Schema.OPTIONAL_FLOAT64_SCHEMA;
  }

  /**
   * The type to declare for a column that is to hold such values. The type it was declared with is
   * kept where it means the same in SQLite.
   *
   * @param schema the Connect schema of the values; null where it is not known
   * @param declaredType the type in the source's DDL; null where it is not known
   * @return the type, for DDL; empty to declare none
   */
  public static String columnType(Schema schema, String declaredType) {
    if (ANY.equalsIgnoreCase(declaredType)) {
      // Only a STRICT table takes ANY by its word; elsewhere it would turn text into numbers.
      return "";
    }
    if (isBeyondDoubles(schema)) {
      return "TEXT";
    }
    if (declaredType != null
        && (declaredType.isEmpty() || PLAIN.matcher(declaredType).matches())
        && (schema == null || means(declaredType, schema))) {
      return declaredType;
    }
    return schema == null ? "" : columnType(schema);
  }

  /**
   * Whether values may have more digits than SQLite's numbers: its columns of numbers would round
   * them. Where no precision is told, as from SQLite itself, they have not.
   */
  private static boolean isBeyondDoubles(Schema schema) {
    if (schema == null || !Decimal.LOGICAL_NAME.equals(schema.name())) {
      return DebeziumTypes.isVariableScale(schema);
    }
    String precision = schema.parameters().get(DebeziumTypes.PRECISION);
    return precision != null && Integer.parseInt(precision) > EXACT_DIGITS;
  }

  private static boolean means(String declaredType, Schema schema) {
    Schema meant = schema(declaredType);
    return meant.type() == schema.type()
        && (meant.name() == null ? schema.name() == null : meant.name().equals(schema.name()));
  }

  private static String columnType(Schema schema) {
    String logical = schema.name() == null ? "" : schema.name();
    return switch (logical) {
      case Decimal.LOGICAL_NAME ->
          "DECIMAL(38," + schema.parameters().get(Decimal.SCALE_FIELD) + ")";
      case Date.LOGICAL_NAME, DebeziumTypes.DATE -> "DATE";
      case Time.LOGICAL_NAME,
          DebeziumTypes.TIME,
          DebeziumTypes.MICRO_TIME,
          DebeziumTypes.NANO_TIME ->
          "TIME";
      case Timestamp.LOGICAL_NAME,
          DebeziumTypes.TIMESTAMP,
          DebeziumTypes.MICRO_TIMESTAMP,
          DebeziumTypes.NANO_TIMESTAMP ->
          "TIMESTAMP";
      default -> columnType(schema.type());
    };
  }

  private static String columnType(Schema.Type type) {
    return switch (type) {
      case INT8, INT16, INT32, INT64 -> "INTEGER";
      case FLOAT32, FLOAT64 -> "REAL";
      case BOOLEAN -> "BOOLEAN";
      case BYTES -> "BLOB";
      case STRING, ARRAY, MAP, STRUCT -> "TEXT";
    };
  }
}
