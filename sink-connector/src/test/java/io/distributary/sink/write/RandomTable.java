package io.distributary.sink.write;

import static io.distributary.sink.write.Sample.gone;
import static io.distributary.sink.write.Sample.up;

import io.distributary.core.record.Change;
import io.distributary.core.record.Part;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Table;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A source's table {@code t} with unique indexes, in whose random transactions rows exchange values
 * of these.
 */
final class RandomTable implements AutoCloseable {
  private static final int IDS = 12;

  private final Table table;
  private final String query;
  private final List<String> firsts;
  private final List<String> seconds;
  private final Random random;
  private final Database source;

  /**
   * An empty table of the columns {@code id}, {@code a} and {@code b}.
   *
   * @param type what {@code b} is declared as
   * @param query what shows the rows, the key first
   * @param firsts the values of {@code a}, as SQL
   * @param seconds the values of {@code b}, as SQL
   */
  RandomTable(String type, String query, List<String> firsts, List<String> seconds, Random random)
      throws SQLException {
    this.table = Sample.table("t", "*id INTEGER", "a TEXT", ("b " + type).strip());
    this.query = query;
    this.firsts = firsts;
    this.seconds = seconds;
    this.random = random;
    this.source = new Database("jdbc:sqlite::memory:");
    source.execute(definition(type));
  }

  /** How the table is defined in SQLite. */
  static String definition(String type) {
    return "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT UNIQUE, b " + type + ", UNIQUE (b, a))";
  }

  List<String> rows() throws SQLException {
    return source.rows(query);
  }

  /** Does a transaction, and tells it in any order, as changes or as a snapshot. */
  List<Part> next(long lsn, int partSize) throws SQLException {
    List<String> before = rows();
    for (int i = random.nextInt(8); i >= 0; i--) {
      source.execute(statement());
    }
    boolean snapshot = random.nextInt(5) == 0;
    List<Change> changes = snapshot ? all() : changedSince(before);
    Collections.shuffle(changes, random);
    return parts(snapshot ? UnitKind.SNAPSHOT : UnitKind.UPDATE, lsn, changes, partSize);
  }

  private String statement() {
    int id = random.nextInt(IDS);
    String a = firsts.get(random.nextInt(firsts.size()));
    String b = seconds.get(random.nextInt(seconds.size()));
    return switch (random.nextInt(5)) {
      case 0, 1 -> "INSERT OR REPLACE INTO t VALUES (" + id + ", " + a + ", " + b + ")";
      case 2 -> "UPDATE OR REPLACE t SET a = " + a + ", b = " + b + " WHERE id = " + id;
      case 3 -> "UPDATE OR IGNORE t SET id = id + " + id;
      default -> "DELETE FROM t WHERE id = " + id;
    };
  }

  private List<Change> all() throws SQLException {
    List<Change> rows = new ArrayList<>();
    try (var statement = source.connection.createStatement();
        var row = statement.executeQuery("SELECT id, a, b FROM t")) {
      while (row.next()) {
        Object b = row.getObject(3);
        Object exact = b instanceof Integer number ? (Object) number.longValue() : b;
        rows.add(up(row.getLong(1), row.getString(2), exact));
      }
    }
    return rows;
  }

  /** The states of all keys whose rows differ from before. */
  private List<Change> changedSince(List<String> before) throws SQLException {
    List<String> after = rows();
    List<String> unchanged = new ArrayList<>(before);
    unchanged.retainAll(after);
    List<Change> changes = new ArrayList<>();
    for (Change row : all()) {
      if (unchanged.stream().noneMatch(same -> same.startsWith(row.after()[0] + "|"))) {
        changes.add(row);
      }
    }
    for (String old : before) {
      String key = old.substring(0, old.indexOf('|') + 1);
      if (after.stream().noneMatch(row -> row.startsWith(key))) {
        changes.add(gone(Long.parseLong(key.substring(0, key.length() - 1)), null, null));
      }
    }
    return changes;
  }

  private List<Part> parts(UnitKind kind, long lsn, List<Change> changes, int size) {
    List<Part> parts = new ArrayList<>();
    int at = 0;
    do {
      int end = Math.min(at + size, changes.size());
      Change[] slice = changes.subList(at, end).toArray(Change[]::new);
      parts.add(Sample.part(kind, table, lsn, parts.size(), end == changes.size(), slice));
      at = end;
    } while (at < changes.size());
    return parts;
  }

  @Override
  public void close() throws SQLException {
    source.close();
  }
}
