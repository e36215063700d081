package io.distributary.benchmarks;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** The shortest way into a PostgreSQL table that there is: COPY, without any checks. */
final class RawPostgres implements AutoCloseable {
  static final String TABLE =
      "CREATE TABLE items (id bigint PRIMARY KEY, code text, name text, price float8,"
          + " stock bigint, note text)";
  private static final String COLUMNS = "(id, code, name, price, stock, note)";

  private final Connection connection;

  RawPostgres(String url) throws SQLException {
    connection = DriverManager.getConnection(url);
    connection.setAutoCommit(false);
  }

  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Makes the temporary table that {@link #merge} goes through. */
  void createStage() throws SQLException {
    execute("CREATE TEMP TABLE stage (LIKE items) ON COMMIT DELETE ROWS");
    connection.commit();
  }

  /** Upserts units, a transaction each, through a temporary table. */
  void merge(List<List<Object[]>> units) throws SQLException {
    for (List<Object[]> unit : units) {
      copy("stage", unit);
      execute(
          "INSERT INTO items SELECT * FROM stage ON CONFLICT (id) DO UPDATE SET"
              + " code = excluded.code, name = excluded.name, price = excluded.price,"
              + " stock = excluded.stock, note = excluded.note");
      connection.commit();
    }
  }

  /** Makes the table, fills it, then gives it its key. */
  void load(List<List<Object[]>> parts) throws SQLException {
    execute(TABLE.replace(" PRIMARY KEY", ""));
    for (List<Object[]> part : parts) {
      copy("items", part);
    }
    execute("ALTER TABLE items ADD PRIMARY KEY (id)");
    connection.commit();
  }

  private void copy(String table, List<Object[]> rows) throws SQLException {
    CopyIn copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn("COPY " + table + " " + COLUMNS + " FROM STDIN");
    StringBuilder text = new StringBuilder();
    for (Object[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        text.append(i == 0 ? "" : "\t").append(row[i]);
      }
      text.append('\n');
      if (text.length() > 64_000) {
        write(copy, text);
      }
    }
    write(copy, text);
    copy.endCopy();
  }

  private static void write(CopyIn copy, StringBuilder text) throws SQLException {
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    copy.writeToCopy(bytes, 0, bytes.length);
    text.setLength(0);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
