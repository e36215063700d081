package io.distributary.core.relation.postgres;

import io.distributary.core.relation.DebeziumTypes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/** Which type to declare in PostgreSQL for a record's column; docs/types.md has it in a table. */
public final class PostgresColumnTypes {
  private PostgresColumnTypes() {}

  /**
   * The type to declare for a column that is to hold such values: the one of the source, where that
   * was a PostgreSQL and the target knows the type, else one that holds whatever the schema can.
   *
   * @param schema the Connect schema of the values; null where it is not known
   * @param declaredType the type in the source's DDL; null where it is not known
   * @param known whether the target has a type of that name, which may be qualified by a schema;
   *     asked only for what does not come with PostgreSQL itself
   * @return the type, for DDL
   */
  public static String columnType(Schema schema, String declaredType, Predicate<String> known) {
    if (schema == null) {
      return "text";
    }
    Declaration declared = declaredType == null ? null : Declaration.parse(declaredType);
    return declared != null && means(declared, schema, known)
        ? declared.sql()
        : columnType(schema, known);
  }

  private static boolean means(Declaration declared, Schema schema, Predicate<String> known) {
    if (declared.array() && PostgresSchemas.LITERAL.equals(schema.name())) {
      // An array that is no list, for its elements are separated otherwise than by commas.
      return PostgresSchemas.builtIn(declared.name(), List.of()) != null
          || known.test(declared.name());
    }
    if (declared.array() != (schema.type() == Schema.Type.ARRAY)) {
      return false;
    }
    Schema scalar = declared.array() ? schema.valueSchema() : schema;
    if (declared.name().equals("money")) {
      return Decimal.LOGICAL_NAME.equals(scalar.name());
    }
    Schema meant = PostgresSchemas.builtIn(declared.name(), declared.modifiers());
    if (meant == null) {
      return isOfUserType(scalar, declared) && known.test(declared.name());
    }
    return meant.type() == scalar.type() && named(meant).equals(named(scalar));
  }

  /**
   * Whether an enumeration, a composite or range type, or an extension's type has such a schema.
   * Only citext's says no more than that it is a string, as those of other databases' columns do.
   */
  private static boolean isOfUserType(Schema schema, Declaration declared) {
    if (schema.type() != Schema.Type.STRING) {
      return schema.type() == Schema.Type.MAP;
    }
    return schema.name() == null
        ? Declaration.simpleName(declared.name()).equals("citext")
        : Set.of(PostgresSchemas.LITERAL, DebeziumTypes.ENUM, DebeziumTypes.LTREE)
            .contains(schema.name());
  }

  /** The schema's name with those parameters that say what its values are. */
  private static Map<String, String> named(Schema schema) {
    Map<String, String> named = new HashMap<>();
    named.put("", schema.name());
    for (String parameter : new String[] {Decimal.SCALE_FIELD, DebeziumTypes.PRECISION}) {
      named.put(parameter, schema.parameters() == null ? null : schema.parameters().get(parameter));
    }
    return named;
  }

  private static String columnType(Schema schema, Predicate<String> known) {
    if (DebeziumTypes.isVariableScale(schema)) {
      return "numeric";
    }
    return switch (schema.name() == null ? "" : schema.name()) {
      case Decimal.LOGICAL_NAME -> decimal(schema);
      case Date.LOGICAL_NAME, DebeziumTypes.DATE -> "date";
      case Time.LOGICAL_NAME,
          DebeziumTypes.TIME,
          DebeziumTypes.MICRO_TIME,
          DebeziumTypes.NANO_TIME ->
          "time without time zone";
      case DebeziumTypes.TIMESTAMP, DebeziumTypes.MICRO_TIMESTAMP, DebeziumTypes.NANO_TIMESTAMP ->
          "timestamp without time zone";
      case Timestamp.LOGICAL_NAME, DebeziumTypes.ZONED_TIMESTAMP -> "timestamp with time zone";
      case DebeziumTypes.ZONED_TIME -> "time with time zone";
      case DebeziumTypes.INTERVAL, DebeziumTypes.MICRO_DURATION -> "interval";
      case DebeziumTypes.UUID -> "uuid";
      case DebeziumTypes.JSON -> "json";
      case DebeziumTypes.XML -> "xml";
      case DebeziumTypes.BITS -> "bit varying";
      case DebeziumTypes.LTREE -> known.test("ltree") ? "ltree" : "text";
      default -> columnType(schema.type(), schema, known);
    };
  }

  private static String columnType(Schema.Type type, Schema schema, Predicate<String> known) {
    return switch (type) {
      case INT8, INT16 -> "smallint";
      case INT32 -> "integer";
      case INT64 -> "bigint";
      case FLOAT32 -> "real";
      case FLOAT64 -> "double precision";
      case BOOLEAN -> "boolean";
      case STRING -> "text";
      case BYTES -> "bytea";
      case ARRAY ->
          schema.valueSchema().type() == Schema.Type.ARRAY
              ? columnType(schema.valueSchema(), known)
              : columnType(schema.valueSchema(), known) + "[]";
      case MAP -> known.test("hstore") ? "hstore" : "jsonb";
      case STRUCT -> "jsonb";
    };
  }

  /** Without a precision the values' own digits are kept, whatever they are. */
  private static String decimal(Schema schema) {
    String precision = schema.parameters().get(DebeziumTypes.PRECISION);
    return precision == null
        ? "numeric"
        : "numeric(" + precision + "," + schema.parameters().get(Decimal.SCALE_FIELD) + ")";
  }
}
