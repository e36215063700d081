package io.distributary.source.sqlite;

import io.distributary.core.relation.Names;
import io.distributary.core.relation.SqliteColumn;
import io.distributary.core.relation.SqliteTable;
import io.distributary.core.relation.Table;
import io.distributary.source.capture.CaptureException;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * A table whose changes are captured.
 *
 * @param definition how the database defines it
 * @param table how records see it; the same instance until its shape changes
 * @param key how its rows are told apart
 */
record CapturedTable(SqliteTable definition, Table table, TableKey key) {

  /**
   * The captured form of a table.
   *
   * @param previous how records saw it so far; null where they did not
   * @throws CaptureException when its rows cannot be told apart
   */
  static CapturedTable of(SqliteTable definition, String database, Table previous) {
    try {
      Table read = definition.table(database);
      Table table = previous != null && previous.sameShape(read) ? previous : read;
      CapturedTable captured = new CapturedTable(definition, table, TableKey.of(definition));
      captured.presence("");
      return captured;
    } catch (ConnectException e) {
      throw e instanceof CaptureException refused
          ? refused
          : new CaptureException(e.getMessage() + " Or exclude it with table.exclude.list.", e);
    }
  }

  String name() {
    return definition.name();
  }

  String sql() {
    return Names.quoted(name());
  }

  boolean keyedByRowid() {
    return definition.primaryKey().isEmpty();
  }

  /** The columns to select for an image of a row, in the order of {@link #table()}. */
  String columns(String alias) {
    String declared =
        definition.columns().stream()
            .map(SqliteColumn::name)
            .map(name -> alias + Names.quoted(name))
            .collect(Collectors.joining(", "));
    return keyedByRowid() ? key.values(alias) + ", " + declared : declared;
  }

  /** What is null only where an outer join found no row. */
  String presence(String alias) {
    for (TableKey.Part part : key.parts()) {
      if (!part.nullable()) {
        return alias + part.sql();
      }
    }
    if (definition.rowidName() == null) {
      throw new CaptureException(
          "Table "
              + name()
              + ": its primary key may be NULL, and its columns hide rowid, _rowid_ and oid."
              + " Declare a key column NOT NULL, rename one of these columns, or exclude the table"
              + " with table.exclude.list.");
    }
    return alias + definition.rowidName();
  }
}
