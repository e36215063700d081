package io.distributary.core.record;

import io.distributary.core.claim.Claim;
import io.distributary.core.relation.Column;
import io.distributary.core.relation.Names;
import io.distributary.core.relation.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * The Connect schemas of one table's records. Every nested struct has a name of its own, which is a
 * legal Avro name; where that changes a column's name, the original stands in the schema parameter
 * {@value #NAME_PARAMETER}. Two columns that would become one field are told apart, see {@link
 * #distinctField}.
 *
 * <p>A column whose values are structs keeps its schema as it is, for its structs must be of it,
 * and Avro knows one shape by one name. What would be its parameters are the row's, see {@link
 * #parameters}.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class TableSchemas {
  /**
   * Parameter of a column's schema: its name in the database, where the field is spelt otherwise.
   */
  public static final String NAME_PARAMETER = "distributary.name";

  /** Parameter of a column's schema: its declared type in the database. */
  public static final String TYPE_PARAMETER = "distributary.type";

  /** The field that tells tables apart in the keys of a topic which holds several. */
  public static final String TABLE_FIELD = "__table";

  /** The {@code source} block: Debezium's fields, then ours. */
  public static final Schema SOURCE =
      SchemaBuilder.struct()
          .name("io.distributary.Source")
          .field("version", Schema.STRING_SCHEMA)
          .field("connector", Schema.STRING_SCHEMA)
          .field("name", Schema.STRING_SCHEMA)
          .field("ts_ms", Schema.INT64_SCHEMA)
          .field("snapshot", Schema.OPTIONAL_STRING_SCHEMA)
          .field("db", Schema.STRING_SCHEMA)
          .field("schema", Schema.OPTIONAL_STRING_SCHEMA)
          .field("table", Schema.STRING_SCHEMA)
          .field("txId", Schema.OPTIONAL_INT64_SCHEMA)
          .field("lsn", Schema.INT64_SCHEMA)
          .field("epoch", Schema.STRING_SCHEMA)
          .field("seq", Schema.INT64_SCHEMA)
          .field("last", Schema.BOOLEAN_SCHEMA)
          .build();

  /** The {@code transaction} block, as Debezium names and shapes it. */
  public static final Schema TRANSACTION =
      SchemaBuilder.struct()
          .name("event.block")
          .version(1)
          .optional()
          .field("id", Schema.STRING_SCHEMA)
          .field("total_order", Schema.INT64_SCHEMA)
          .field("data_collection_order", Schema.INT64_SCHEMA)
          .build();

  /** A value that does not fit its column's schema; see {@link RowCodec}. */
  public static final Schema IRREGULAR =
      SchemaBuilder.struct()
          .name("io.distributary.Irregular")
          .field("column", Schema.STRING_SCHEMA)
          .field("type", Schema.STRING_SCHEMA)
          .field("text", Schema.OPTIONAL_STRING_SCHEMA)
          .field("bytes", Schema.OPTIONAL_BYTES_SCHEMA)
          .build();

  /** The irregular values of one row; null for most rows. */
  public static final Schema IRREGULARS = SchemaBuilder.array(IRREGULAR).optional().build();

  private final Table table;
  private final Schema key;
  private final Schema row;
  private final Schema envelope;
  private final Schema change;
  private final Schema batch;
  private final boolean tableInKey;

  /**
   * The schemas of a table.
   *
   * @param namespace what their names begin with: the topic, or with one topic for all tables, that
   *     and the table
   * @param tableInKey whether row keys name their table, as they must where a topic holds several
   * @throws ConnectException when no distinct legal names can be found for all columns, or when two
   *     columns hold structs of one name and of different fields
   */
  public TableSchemas(String namespace, Table table, boolean tableInKey) {
    String prefix = Names.avroNamespace(namespace) + ".";
    this.table = table;
    this.tableInKey = tableInKey;
    List<String> fields = FieldNames.of(table);
    StructNames.requireDistinct(table);

    SchemaBuilder keyBuilder = SchemaBuilder.struct().name(prefix + "Key");
    if (tableInKey) {
      keyBuilder.field(TABLE_FIELD, Schema.STRING_SCHEMA);
    }
    List<Schema> described = new ArrayList<>(fields.size());
    SchemaBuilder rowBuilder = SchemaBuilder.struct().name(prefix + "Value").optional();
    for (int i = 0; i < fields.size(); i++) {
      described.add(fieldSchema(table.columns().get(i), fields.get(i)));
      rowBuilder.field(fields.get(i), described.get(i));
      describeStruct(table.columns().get(i), fields.get(i), rowBuilder);
    }
    for (int i = 0; i < table.keySize(); i++) {
      int column = table.keyIndex(i);
      if (tableInKey && fields.get(column).equals(TABLE_FIELD)) {
        throw new ConnectException(
            "Table "
                + table.id()
                + " has a key column "
                + TABLE_FIELD
                + ", the name of the field that tells tables apart in a topic of all tables."
                + " Rename the column, or use topic.layout=table.");
      }
      keyBuilder.field(fields.get(column), described.get(column));
      describeStruct(table.columns().get(column), fields.get(column), keyBuilder);
    }
    key = keyBuilder.build();
    row = rowBuilder.build();

    envelope =
        SchemaBuilder.struct()
            .name(prefix + "Envelope")
            .version(1)
            .field("before", row)
            .field("after", row)
            .field("source", SOURCE)
            .field("op", Schema.STRING_SCHEMA)
            .field("ts_ms", Schema.OPTIONAL_INT64_SCHEMA)
            .field("transaction", TRANSACTION)
            .field("irregular", IRREGULARS)
            .build();

    change =
        SchemaBuilder.struct()
            .name(prefix + "Row")
            .field("op", Schema.STRING_SCHEMA)
            .field("before", row)
            .field("after", row)
            .field("irregular", IRREGULARS)
            .build();

    batch =
        SchemaBuilder.struct()
            .name(prefix + "Batch")
            .version(1)
            .field("source", SOURCE)
            .field("transaction", TRANSACTION)
            .field("ts_ms", Schema.OPTIONAL_INT64_SCHEMA)
            .field("kind", Schema.STRING_SCHEMA)
            .field("part", Schema.INT32_SCHEMA)
            .field("last", Schema.BOOLEAN_SCHEMA)
            .field("row_count", Schema.INT32_SCHEMA)
            .field("key", SchemaBuilder.array(Schema.STRING_SCHEMA).build())
            .field("rows", SchemaBuilder.array(change).optional().build())
            .field("claim", Claim.SCHEMA)
            .build();
  }

  /** The table these schemas describe. */
  public Table table() {
    return table;
  }

  /** The key of a row record: the key's columns, each optional as SQLite's keys may be null. */
  public Schema key() {
    return key;
  }

  /** One image of a row: {@code <namespace>.Value}, every column optional. */
  public Schema row() {
    return row;
  }

  /** The value of a row record: {@code <namespace>.Envelope}. */
  public Schema envelope() {
    return envelope;
  }

  /** One change in a batch: {@code <namespace>.Row}. */
  public Schema change() {
    return change;
  }

  /** The value of a transaction record: {@code <namespace>.Batch}. */
  public Schema batch() {
    return batch;
  }

  /** Whether row keys name their table. */
  public boolean tableInKey() {
    return tableInKey;
  }

  /**
   * What the schema of a row or key says of a column beside its values: {@link #NAME_PARAMETER} and
   * {@link #TYPE_PARAMETER}, each only where it is there.
   *
   * @param row the struct that the field is of
   */
  public static Map<String, String> parameters(Schema row, Field field) {
    Map<String, String> own = field.schema().parameters();
    if (field.schema().type() != Schema.Type.STRUCT || row.parameters() == null) {
      return own == null ? Map.of() : own;
    }
    Map<String, String> parameters = new HashMap<>();
    for (String parameter : List.of(NAME_PARAMETER, TYPE_PARAMETER)) {
      String value = row.parameters().get(parameter + "." + field.name());
      if (value != null) {
        parameters.put(parameter, value);
      }
    }
    return parameters;
  }

  private static Schema fieldSchema(Column column, String field) {
    Map<String, String> parameters = described(column, field);
    if (parameters.isEmpty() || column.schema().type() == Schema.Type.STRUCT) {
      return column.schema();
    }
    return copy(column.schema()).parameters(parameters).build();
  }

  private static void describeStruct(Column column, String field, SchemaBuilder row) {
    if (column.schema().type() == Schema.Type.STRUCT) {
      described(column, field).forEach((name, value) -> row.parameter(name + "." + field, value));
    }
  }

  private static Map<String, String> described(Column column, String field) {
    Map<String, String> parameters = new LinkedHashMap<>();
    if (!field.equals(column.name())) {
      parameters.put(NAME_PARAMETER, column.name());
    }
    if (column.declaredType() != null) {
      parameters.put(TYPE_PARAMETER, column.declaredType());
    }
    return parameters;
  }

  private static SchemaBuilder copy(Schema schema) {
    SchemaBuilder copy =
        switch (schema.type()) {
          case ARRAY -> SchemaBuilder.array(schema.valueSchema());
          case MAP -> SchemaBuilder.map(schema.keySchema(), schema.valueSchema());
          default -> SchemaBuilder.type(schema.type());
        };
    if (schema.isOptional()) {
      copy.optional();
    }
    if (schema.parameters() != null) {
      copy.parameters(schema.parameters());
    }
    return copy.name(schema.name()).version(schema.version()).doc(schema.doc());
  }

  /**
   * The field of a column whose legal name another column before it already has: the legal name and
   * a hash of the column's own, so that it stays the same whatever else the table has.
   */
  public static String distinctField(String column) {
    return Names.avro(column) + "_" + Integer.toHexString(column.hashCode());
  }
}
