package io.distributary.benchmarks;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The tables of PostgreSQL's own benchmark at scale 1, and its default transaction, in the spirit
 * of TPC-B: three updates and an insert. The history has a key here, which no replica can do
 * without.
 */
record Pgbench(String url) {
  private static final List<String> TABLES =
      List.of(
          "CREATE TABLE pgbench_branches (bid int PRIMARY KEY, bbalance int, filler char(88))",
          "CREATE TABLE pgbench_tellers (tid int PRIMARY KEY, bid int, tbalance int,"
              + " filler char(84))",
          "CREATE TABLE pgbench_accounts (aid int PRIMARY KEY, bid int, abalance int,"
              + " filler char(84))",
          "CREATE TABLE pgbench_history (hid bigserial PRIMARY KEY, tid int, bid int, aid int,"
              + " delta int, mtime timestamp, filler char(22))");

  private static final List<String> ROWS =
      List.of(
          "INSERT INTO pgbench_branches VALUES (1, 0, '')",
          "INSERT INTO pgbench_tellers SELECT i, 1, 0, '' FROM generate_series(1, 10) i",
          "INSERT INTO pgbench_accounts SELECT i, 1, 0, '' FROM generate_series(1, 100000) i",
          "CREATE FUNCTION tpcb() RETURNS void LANGUAGE plpgsql AS $$"
              + " DECLARE a int := 1 + floor(random() * 100000); t int := 1 + floor(random() * 10);"
              + " d int := floor(random() * 10001) - 5000;"
              + " BEGIN UPDATE pgbench_accounts SET abalance = abalance + d WHERE aid = a;"
              + " PERFORM abalance FROM pgbench_accounts WHERE aid = a;"
              + " UPDATE pgbench_tellers SET tbalance = tbalance + d WHERE tid = t;"
              + " UPDATE pgbench_branches SET bbalance = bbalance + d WHERE bid = 1;"
              + " INSERT INTO pgbench_history (tid, bid, aid, delta, mtime)"
              + " VALUES (t, 1, a, d, now()); END $$",
          "CREATE PROCEDURE tpcb(transactions int) LANGUAGE plpgsql AS $$"
              + " BEGIN FOR i IN 1..transactions LOOP PERFORM tpcb(); COMMIT; END LOOP; END $$");

  /** How many rows a transaction writes. */
  static final int ROWS_A_TRANSACTION = 4;

  /** The tables without rows. */
  static Pgbench empty(String url) throws SQLException {
    Pgbench tables = new Pgbench(url);
    tables.execute(TABLES);
    return tables;
  }

  /** The tables with their first rows. */
  static Pgbench filled(String url) throws SQLException {
    Pgbench tables = empty(url);
    tables.execute(ROWS);
    return tables;
  }

  /** Runs that many transactions, one after the other, within the server. */
  void run(int transactions) throws SQLException {
    execute(List.of("CALL tpcb(" + transactions + ")"));
  }

  void execute(List<String> statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The number of the last transaction; 0 before the first. */
  long last() throws SQLException {
    try (Connection connection = DriverManager.getConnection(url)) {
      return last(connection);
    }
  }

  /** The same by an open connection. */
  static long last(Connection connection) throws SQLException {
    return Long.parseLong(text(connection, "SELECT coalesce(max(hid), 0) FROM pgbench_history"));
  }

  /** What must be the same in a replica. */
  String sums() throws SQLException {
    try (Connection connection = DriverManager.getConnection(url)) {
      return text(
          connection,
          "SELECT concat_ws(' ', (SELECT count(*) || ' ' || sum(abalance) FROM pgbench_accounts),"
              + " (SELECT sum(tbalance) FROM pgbench_tellers),"
              + " (SELECT sum(bbalance) FROM pgbench_branches),"
              + " (SELECT count(*) || ' ' || sum(delta) FROM pgbench_history))");
    }
  }

  private static String text(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }
}
