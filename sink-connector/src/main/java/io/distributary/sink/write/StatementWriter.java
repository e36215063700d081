package io.distributary.sink.write;

import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import io.distributary.core.relation.Column;
import io.distributary.core.relation.Table;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes rows by a user's own statements. Where one of the two is not given, the standard writer
 * does its part. Of a snapshot the rows are upserted: which others are gone, only the user knows.
 */
final class StatementWriter implements TableWriter {
  private static final Logger LOG = LoggerFactory.getLogger(StatementWriter.class);

  private final Table table;
  private final DeleteMode deletes;
  private final PlannedWriter standard;
  private final MultiRow upsert;
  private final MultiRow delete;

  /**
   * A writer.
   *
   * @param standard does what no statement is given for; null where both are given
   */
  StatementWriter(
      Dialect dialect,
      Table table,
      CustomStatements statements,
      DeleteMode deletes,
      PlannedWriter standard) {
    this.table = table;
    this.deletes = deletes;
    this.standard = standard;
    this.upsert = statement(dialect, "upsert", statements.upsert());
    this.delete = statement(dialect, "delete", statements.delete());
  }

  private MultiRow statement(Dialect dialect, String kind, String text) {
    if (text == null) {
      return null;
    }
    NamedSql named = NamedSql.parse(text);
    List<Plan.Place> places = new ArrayList<>();
    for (String name : named.names()) {
      int image = table.indexOf(name);
      if (image < 0) {
        throw new WriteException(
            WriteException.Kind.FATAL,
            "statement."
                + table.id().qualifiedName()
                + "."
                + kind
                + " has parameter :"
                + name
                + ", but table "
                + table.id()
                + " has no column of that name. Correct the statement",
            null);
      }
      Column column = table.columns().get(image);
      RelationColumn any = new RelationColumn(name, "", true, true, "BINARY", false);
      places.add(new Plan.Place(image, any, dialect.binder(column, any), value -> value));
    }
    return MultiRow.single(dialect, (rows, raw) -> named.sql(raw, dialect.rawText()), places);
  }

  @Override
  public void write(List<Change> changes, boolean more) throws SQLException {
    for (Change change : changes) {
      if (change.op() == Op.TRUNCATE) {
        truncate(change, more);
      } else if (change.after() != null) {
        upsert(change, more);
      } else if (deletes != DeleteMode.IGNORE) {
        delete(change, more);
      }
    }
  }

  private void truncate(Change change, boolean more) throws SQLException {
    if (standard == null) {
      LOG.warn(
          "Table {} was truncated: its rows stay in the target, as its statements cannot remove all",
          table.id());
    } else {
      standard.write(List.of(change), more);
    }
  }

  private void upsert(Change change, boolean more) throws SQLException {
    if (upsert == null) {
      standard.write(List.of(change), more);
      return;
    }
    if (MultiRow.holdsUntouched(change.after())) {
      throw new WriteException(
          WriteException.Kind.DATA,
          "A change of table "
              + table.id()
              + " leaves columns alone, and its upsert statement needs them all",
          null);
    }
    upsert.run(change.after());
  }

  private void delete(Change change, boolean more) throws SQLException {
    if (delete == null) {
      standard.write(List.of(change), more);
    } else {
      delete.run(change.before());
    }
  }

  @Override
  public Load load() {
    LOG.info(
        "The snapshot of table {} is upserted by its statement; rows that it lacks stay",
        table.id());
    return new WriterLoad(this);
  }

  @Override
  public String subject() {
    return "the statements of table " + table.id();
  }

  @Override
  public void close() throws SQLException {
    if (upsert != null) {
      upsert.close();
    }
    if (delete != null) {
      delete.close();
    }
    if (standard != null) {
      standard.close();
    }
  }
}
