package io.distributary.core.relation.postgres;

import io.distributary.core.relation.DebeziumTypes;
import java.util.List;
import java.util.Set;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;

/**
 * The record schema of each PostgreSQL type; docs/types.md has them in a table. A value that its
 * schema cannot stand for (NaN, infinity, an array of several dimensions) is text beside its row.
 */
public final class PostgresSchemas {
  /**
   * Name of a string schema: a value in PostgreSQL's own text, of a type that has no other form in
   * records. Casting the text to the type gives the value.
   */
  public static final String LITERAL = "io.distributary.postgres.Literal";

  /** The scalar types that come with PostgreSQL and have no form of their own in records. */
  private static final Set<String> LITERALS =
      Set.of(
          "inet",
          "cidr",
          "macaddr",
          "macaddr8",
          "\"bit\"",
          "bit varying",
          "point",
          "line",
          "lseg",
          "box",
          "path",
          "polygon",
          "circle",
          "tsvector",
          "tsquery",
          "pg_lsn",
          "xid",
          "xid8",
          "cid",
          "tid",
          "jsonpath",
          "pg_snapshot",
          "txid_snapshot",
          "int2vector",
          "oidvector",
          "regclass",
          "regproc",
          "regprocedure",
          "regtype",
          "regrole",
          "regnamespace",
          "regoper",
          "regoperator",
          "regconfig",
          "regdictionary",
          "regcollation",
          "refcursor",
          "int4range",
          "int8range",
          "numrange",
          "tsrange",
          "tstzrange",
          "daterange",
          "int4multirange",
          "int8multirange",
          "nummultirange",
          "tsmultirange",
          "tstzmultirange",
          "datemultirange");

  private PostgresSchemas() {}

  /**
   * The schema of a column's values, always optional.
   *
   * @param modifiers as {@link Declaration#modifiers}; for {@code money} the number of digits after
   *     the point that the database's {@code lc_monetary} has, 2 if not given
   */
  public static Schema schema(PostgresType type, List<Integer> modifiers) {
    return switch (type.kind()) {
      case ARRAY ->
          type.element().delimiter() == ','
              ? SchemaBuilder.array(schema(type.element(), modifiers)).optional().build()
              : literal(); // Who writes the array knows its elements' schema, not their delimiter.
      case ENUM ->
          SchemaBuilder.string()
              .name(DebeziumTypes.ENUM)
              .version(1)
              .parameter(DebeziumTypes.ENUM_ALLOWED, String.join(",", type.labels()))
              .optional()
              .build();
      case COMPOSITE, RANGE -> literal();
      case BASE -> {
        Schema builtIn = builtIn(type.name(), modifiers);
        yield builtIn != null ? builtIn : extension(type.simpleName());
      }
    };
  }

  /** The schema of a scalar type that comes with PostgreSQL; null for other names. */
  static Schema builtIn(String name, List<Integer> modifiers) {
    return switch (name) {
      case "smallint" -> Schema.OPTIONAL_INT16_SCHEMA;
      case "integer" -> Schema.OPTIONAL_INT32_SCHEMA;
      case "bigint", "oid" -> Schema.OPTIONAL_INT64_SCHEMA;
      case "boolean" -> Schema.OPTIONAL_BOOLEAN_SCHEMA;
      case "real" -> Schema.OPTIONAL_FLOAT32_SCHEMA;
      case "double precision" -> Schema.OPTIONAL_FLOAT64_SCHEMA;
      case "numeric" ->
          modifiers.isEmpty()
              ? DebeziumTypes.OPTIONAL_VARIABLE_SCALE_DECIMAL
              : numeric(modifiers.get(0), modifiers.size() == 1 ? 0 : modifiers.get(1));
      case "money" -> numeric(19, modifiers.isEmpty() ? 2 : modifiers.get(0));
      case "text", "character varying", "bpchar", "name", "\"char\"" ->
          Schema.OPTIONAL_STRING_SCHEMA;
      case "bytea" -> Schema.OPTIONAL_BYTES_SCHEMA;
      case "date" -> Date.builder().optional().build();
      case "time without time zone" ->
          DebeziumTypes.optional(Schema.Type.INT64, DebeziumTypes.MICRO_TIME);
      case "timestamp without time zone" ->
          DebeziumTypes.optional(Schema.Type.INT64, DebeziumTypes.MICRO_TIMESTAMP);
      case "timestamp with time zone" -> text(DebeziumTypes.ZONED_TIMESTAMP);
      case "time with time zone" -> text(DebeziumTypes.ZONED_TIME);
      case "interval" -> text(DebeziumTypes.INTERVAL);
      case "uuid" -> text(DebeziumTypes.UUID);
      case "json", "jsonb" -> text(DebeziumTypes.JSON);
      case "xml" -> text(DebeziumTypes.XML);
      default -> LITERALS.contains(name) ? literal() : null;
    };
  }

  private static Schema extension(String name) {
    return switch (name) {
      case "citext" -> Schema.OPTIONAL_STRING_SCHEMA;
      case "ltree" -> text(DebeziumTypes.LTREE);
      case "hstore" ->
          SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.OPTIONAL_STRING_SCHEMA).optional().build();
      default -> literal();
    };
  }

  /** Avro's decimals have no negative scale, and none beyond the precision. */
  private static Schema numeric(int precision, int scale) {
    int recorded = Math.max(scale, 0);
    int digits = scale < 0 ? precision - scale : Math.max(precision, scale);
    return Decimal.builder(recorded)
        .parameter(DebeziumTypes.PRECISION, Integer.toString(digits))
        .optional()
        .build();
  }

  private static Schema text(String name) {
    return DebeziumTypes.optional(Schema.Type.STRING, name);
  }

  private static Schema literal() {
    return text(LITERAL);
  }
}
