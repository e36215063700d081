package io.distributary.source.postgres;

import io.distributary.core.relation.Column;
import io.distributary.core.relation.Table;
import io.distributary.core.relation.postgres.Declaration;
import io.distributary.core.relation.postgres.PostgresSchemas;
import io.distributary.core.relation.postgres.PostgresType;
import io.distributary.core.relation.postgres.PostgresTypeCatalogue;
import io.distributary.source.capture.CaptureException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/**
 * Makes the shapes of tables: the one place that knows what {@link ValueTransport} makes of values.
 *
 * <p>Not safe for use by several threads.
 */
final class RowShapes {
  private static final String MONEY = "money";

  private final PostgresTypeCatalogue types;
  private final Connection connection;
  private final boolean logsGenerated;
  private final int moneyDigits;
  private final ZeroIntervals zeroIntervals;

  /**
   * Shapes of a database's tables.
   *
   * @param connection for types that are not known yet; stays the caller's
   */
  RowShapes(Connection connection) throws SQLException {
    this.connection = connection;
    logsGenerated = connection.getMetaData().getDatabaseMajorVersion() >= 18;
    types = new PostgresTypeCatalogue(connection);
    zeroIntervals = new ZeroIntervals(connection);
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT scale(1::money::numeric)")) {
      row.next();
      moneyDigits = row.getInt(1);
    }
  }

  /**
   * The shape of a table's rows.
   *
   * @param table what the catalogue says
   * @param rows the schema of {@code before} and {@code after}
   * @throws CaptureException where a column's type cannot be read from the catalogue
   */
  RowShape of(CapturedTable table, Schema rows) {
    types.forget(); // An enumeration may have got a label since.
    Set<String> generated = generated(table);
    Field[] fields =
        rows.fields().stream()
            .filter(field -> !generated.contains(field.name()))
            .toArray(Field[]::new);
    ColumnReader[] readers = new ColumnReader[fields.length];
    List<Column> columns = new ArrayList<>(fields.length);
    for (int i = 0; i < fields.length; i++) {
      PostgresType type = type(table, fields[i]);
      List<Integer> modifiers = modifiers(fields[i]);
      String declared = Declaration.of(type, modifiers).sql();
      if (isMoney(type)) {
        modifiers = List.of(moneyDigits);
      }
      columns.add(new Column(fields[i].name(), PostgresSchemas.schema(type, modifiers), declared));
      readers[i] = ColumnReader.of(type, modifiers);
    }
    List<String> names = columns.stream().map(Column::name).toList();
    boolean known = names.containsAll(table.key());
    int[] key = known ? table.key().stream().mapToInt(names::indexOf).toArray() : new int[0];
    return new Read(new Table(table.id(), columns, key), fields, readers, zeroIntervals);
  }

  /**
   * The generated columns, which snapshots have not. From PostgreSQL 18 on a publication may have
   * them, also one that was added since the tables were last looked at.
   */
  private Set<String> generated(CapturedTable table) {
    Set<String> generated = new HashSet<>(table.generated());
    if (!logsGenerated) {
      return generated;
    }
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT attname FROM pg_catalog.pg_attribute WHERE attrelid = ? AND attgenerated <> ''")) {
      statement.setLong(1, table.oid());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          generated.add(row.getString(1));
        }
      }
    } catch (SQLException e) {
      throw new CaptureException(
          "The generated columns of table "
              + table
              + " could not be read from the catalogue: "
              + e.getMessage(),
          e);
    }
    generated.removeAll(table.key());
    return generated;
  }

  private PostgresType type(CapturedTable table, Field field) {
    Map<String, String> parameters = field.schema().parameters();
    String oid = parameters == null ? null : parameters.get(ValueTransport.OID);
    if (oid == null) {
      throw new CaptureException(
          "Column "
              + field.name()
              + " of table "
              + table
              + " came from Debezium without its type. Do not set debezium.converters.");
    }
    try {
      PostgresType type = types.type(Long.parseLong(oid));
      // A type that was dropped since, and with it the column: what it wrote is text.
      return type == null ? PostgresType.base("text") : type;
    } catch (SQLException e) {
      throw new CaptureException(
          "The type of column "
              + field.name()
              + " of table "
              + table
              + ", of the oid "
              + oid
              + ", could not be read from the catalogue: "
              + e.getMessage(),
          e);
    }
  }

  private static List<Integer> modifiers(Field field) {
    String list = field.schema().parameters().get(ValueTransport.MODIFIERS);
    return list.isEmpty()
        ? List.of()
        : Arrays.stream(list.split(",")).map(Integer::valueOf).toList();
  }

  private static boolean isMoney(PostgresType type) {
    return type.name().equals(MONEY)
        || (type.element() != null && type.element().name().equals(MONEY));
  }

  /** Rows whose fields are read one by one. */
  private static final class Read implements RowShape {
    private final Table table;
    private final Field[] fields;
    private final ColumnReader[] readers;
    private final ZeroIntervals zeroIntervals;

    Read(Table table, Field[] fields, ColumnReader[] readers, ZeroIntervals zeroIntervals) {
      this.table = table;
      this.fields = fields;
      this.readers = readers;
      this.zeroIntervals = zeroIntervals;
    }

    @Override
    public Table table() {
      return table;
    }

    @Override
    public Object[] image(Struct row) {
      if (row == null) {
        return null;
      }
      Object[] image = new Object[fields.length];
      for (int i = 0; i < image.length; i++) {
        Object carried = carried(row, i);
        if (ZeroIntervals.UNCERTAIN.equals(carried) && isInterval(i)) {
          image[i] = zeroIntervals.actual(table, i, carried(row));
        } else if (carried != null) {
          image[i] = read(i, carried);
        }
      }
      return image;
    }

    private boolean isInterval(int column) {
      return table.columns().get(column).declaredType().equals("interval");
    }

    private Object[] carried(Struct row) {
      Object[] carried = new Object[fields.length];
      Arrays.setAll(carried, i -> carried(row, i));
      return carried;
    }

    private Object carried(Struct row, int column) {
      // Struct.get would give the default for null.
      return fields[column].schema().defaultValue() == null
          ? row.get(fields[column])
          : row.getWithoutDefault(fields[column].name());
    }

    private Object read(int column, Object carried) {
      try {
        return readers[column].value(carried);
      } catch (RuntimeException e) {
        // Not the cause itself, whose message may hold the value.
        throw new CaptureException(
            "A value of column "
                + fields[column].name()
                + " of table "
                + table.id()
                + ", of type "
                + table.columns().get(column).declaredType()
                + ", is not written as expected ("
                + e.getClass().getSimpleName()
                + "). Leave the column out with"
                + " debezium.column.exclude.list, and report this.");
      }
    }
  }
}
