package io.distributary.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.it.mariadb.MariaDbServer;
import io.distributary.it.postgres.PostgresServer;
import io.distributary.quickstart.launcher.Await;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * pgbench writes into a PostgreSQL, and a SQLite, a PostgreSQL and a MariaDB follow it at once,
 * over a real broker and worker. One topic holds all tables, so a transaction over four of them is
 * whole.
 */
class PgbenchIT {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Duration LOOK = Duration.ofMillis(100);

  /** One statement, so one snapshot, in each of the databases. */
  private static final String SUMS =
      "SELECT (SELECT count(*) FROM pgbench_history),"
          + " coalesce((SELECT sum(delta) FROM pgbench_history), 0),"
          + " (SELECT sum(abalance) FROM pgbench_accounts),"
          + " (SELECT sum(tbalance) FROM pgbench_tellers),"
          + " (SELECT sum(bbalance) FROM pgbench_branches)";

  /** A database with the SQL that writes a timestamp as the others do. */
  private record Database(String name, String url, String mtime) {
    List<String> tables() {
      return List.of(
          "SELECT bid, bbalance, filler FROM pgbench_branches ORDER BY bid",
          "SELECT tid, bid, tbalance, filler FROM pgbench_tellers ORDER BY tid",
          "SELECT aid, bid, abalance, filler FROM pgbench_accounts ORDER BY aid",
          "SELECT id, tid, bid, aid, delta, "
              + mtime
              + ", filler FROM pgbench_history ORDER BY id");
    }
  }

  @TempDir Path directory;

  @Test
  void eachTargetHasWholeTransactionsAtEachMomentAndEqualTablesInTheEnd() throws Exception {
    Database source = postgres();
    Database toSqlite =
        new Database(
            "SQLite",
            "jdbc:sqlite:" + directory.resolve("bench.db") + "?busy_timeout=20000",
            "substr(mtime || iif(mtime LIKE '%.%', '', '.') || '000000', 1, 26)");
    Database toPostgres = postgres();
    Database toMariaDb =
        new Database(
            "MariaDB",
            MariaDbServer.shared().createDatabase(),
            "date_format(mtime, '%Y-%m-%d %H:%i:%s.%f')");
    List<Database> targets = List.of(toSqlite, toPostgres, toMariaDb);
    TpcB writer = TpcB.on(source.url());
    writer.create();
    // A table without a key has none in a target either; pgbench names the columns it writes.
    execute(
        source.url(),
        "ALTER TABLE pgbench_history ADD id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY");

    Chain chain = Chain.shared();
    chain.source(
        "postgresql-source",
        "bench",
        directory,
        "connection.url",
        source.url(),
        "connection.user",
        "",
        "topic.layout",
        "source");
    chain.sink("sqlite-sink-one-topic", "bench-sqlite", "bench", directory.resolve("bench.db"));
    sink(chain, "postgresql-sink", toPostgres, "");
    sink(chain, "mariadb-sink", toMariaDb, MariaDbServer.USER);
    awaitEqual(source, targets);

    ExecutorService background = Executors.newSingleThreadExecutor();
    long committed;
    try {
      Future<Long> writing = background.submit(writer::run);
      List<Set<String>> seen = new ArrayList<>();
      targets.forEach(target -> seen.add(new HashSet<>()));
      while (!endsWithin(LOOK, writing)) {
        for (int i = 0; i < targets.size(); i++) {
          seen.get(i).add(wholeSums(targets.get(i)));
        }
      }
      committed = writing.get();
      // Each was looked at while it moved, or nothing was tested.
      assertThat(seen).allSatisfy(sums -> assertThat(sums).hasSizeGreaterThan(2));
    } finally {
      background.shutdownNow();
    }
    awaitEqual(source, targets);
    assertThat(rows(toSqlite.url(), "SELECT count(*) FROM pgbench_history"))
        .containsExactly(String.valueOf(committed));
    chain.end("bench", "bench-sqlite", "bench-postgresql-sink", "bench-mariadb-sink");
  }

  private static void sink(Chain chain, String file, Database target, String user) {
    chain.sink(
        file,
        "bench-" + file,
        "bench",
        Path.of(""),
        "connection.url",
        target.url(),
        "connection.user",
        user,
        "connection.password",
        "",
        "topics.regex",
        "bench");
  }

  private static Database postgres() throws SQLException {
    return new Database(
        "PostgreSQL",
        PostgresServer.shared().createDatabase(),
        "to_char(mtime, 'YYYY-MM-DD HH24:MI:SS.US')");
  }

  private static boolean endsWithin(Duration time, Future<?> work) throws Exception {
    try {
      work.get(time.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  /** What a target has at this moment: as many rows of history as it says, and the same sums. */
  private static String wholeSums(Database target) throws SQLException {
    String sums = rows(target.url(), SUMS).get(0);
    String[] columns = sums.split("\\|");
    assertThat(List.of(columns[2], columns[3], columns[4]))
        .as("the sums of accounts, tellers and branches in %s", target.name())
        .containsOnly(columns[1]);
    return sums;
  }

  private static void awaitEqual(Database source, List<Database> targets) {
    List<String> expected = digests(source);
    for (Database target : targets) {
      Await.until(
          LIMIT,
          () -> digests(target).equals(expected),
          () -> target.name() + " has " + digests(target) + ", not " + expected);
    }
  }

  /** Each table's number of rows and a digest of them; what fails, as a missing table, is told. */
  private static List<String> digests(Database database) {
    List<String> digests = new ArrayList<>();
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String query : database.tables()) {
        List<String> rows = rows(database.url(), query);
        rows.forEach(row -> digest.update((row + "\n").getBytes(UTF_8)));
        digests.add(rows.size() + " rows " + HexFormat.of().formatHex(digest.digest(), 0, 6));
      }
    } catch (SQLException e) {
      digests.add(e.getMessage());
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    return digests;
  }

  private static List<String> rows(String url, String query) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet results = statement.executeQuery(query)) {
      int width = results.getMetaData().getColumnCount();
      while (results.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= width; i++) {
          row.append(i == 1 ? "" : "|").append(results.getString(i));
        }
        rows.add(row.toString());
      }
    }
    return rows;
  }

  private static void execute(String url, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
