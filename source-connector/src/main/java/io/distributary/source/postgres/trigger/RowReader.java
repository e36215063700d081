package io.distributary.source.postgres.trigger;

import io.distributary.core.relation.Column;
import io.distributary.core.relation.Table;
import io.distributary.core.relation.TableId;
import io.distributary.core.relation.postgres.Declaration;
import io.distributary.core.relation.postgres.PostgresSchemas;
import io.distributary.core.relation.postgres.PostgresType;
import io.distributary.core.relation.postgres.PostgresTypeCatalogue;
import io.distributary.core.relation.postgres.ValueReader;
import io.distributary.source.capture.CaptureException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads the rows of one table, of which the server sends its own text. */
final class RowReader {
  private static final String MONEY = "money";
  private static final Set<String> MODIFIED_ELEMENTS =
      Set.of("numeric", "bpchar", "character varying");

  private final Table table;
  private final ValueReader[] readers;

  private RowReader(Table table, ValueReader[] readers) {
    this.table = table;
    this.readers = readers;
  }

  /** The reader of a table. */
  static RowReader of(Definition definition, PostgresTypeCatalogue types, int moneyDigits)
      throws SQLException {
    List<ColumnDefinition> defined = definition.columns();
    ValueReader[] readers = new ValueReader[defined.size()];
    List<Column> columns = new ArrayList<>(defined.size());
    for (int i = 0; i < readers.length; i++) {
      PostgresType type = types.type(defined.get(i).type());
      List<Integer> modifiers = modifiers(type, defined.get(i).declared());
      String declared = Declaration.of(type, modifiers).sql();
      if (isMoney(type)) {
        modifiers = List.of(moneyDigits);
      }
      columns.add(
          new Column(defined.get(i).name(), PostgresSchemas.schema(type, modifiers), declared));
      readers[i] = ValueReader.of(type, modifiers);
    }
    List<String> names = defined.stream().map(ColumnDefinition::name).toList();
    int[] key = definition.key().stream().mapToInt(names::indexOf).toArray();
    TableId id = definition.id();
    return new RowReader(new Table(id, columns, key), readers);
  }

  private static List<Integer> modifiers(PostgresType type, String declared) {
    Declaration declaration = Declaration.parse(declared);
    return declaration == null || !counts(type) ? List.of() : declaration.modifiers();
  }

  /** Whether a type's modifiers are told, as the capture of the server's log tells them. */
  private static boolean counts(PostgresType type) {
    return type.element() == null
        ? !type.name().equals("interval")
        : MODIFIED_ELEMENTS.contains(type.element().name());
  }

  private static boolean isMoney(PostgresType type) {
    return type.name().equals(MONEY)
        || (type.element() != null && type.element().name().equals(MONEY));
  }

  /** How records see the table. */
  Table table() {
    return table;
  }

  /** The same reader for rows of the same shape that are known under another instance. */
  RowReader as(Table same) {
    return new RowReader(same, readers);
  }

  /** The values of all columns, the first of them counted from 1 in the row. */
  Object[] read(ResultSet row, int first) throws SQLException {
    Object[] values = new Object[readers.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(row, first + i, i);
    }
    return values;
  }

  /** The value of one column of the table, that stands somewhere in the row. */
  Object value(ResultSet row, int at, int column) throws SQLException {
    String text = row.getString(at);
    if (text == null) {
      return null;
    }
    try {
      return readers[column].value(text);
    } catch (RuntimeException e) {
      // Not the cause itself, whose message may hold the value.
      throw new CaptureException(
          "A value of column "
              + table.columns().get(column).name()
              + " of table "
              + table.id()
              + ", of type "
              + table.columns().get(column).declaredType()
              + ", is not written as expected ("
              + e.getClass().getSimpleName()
              + "). Exclude the table with table.exclude.list, and report this.");
    }
  }
}
