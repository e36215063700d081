package io.distributary.sink.write;

import static io.distributary.sink.write.Sample.gone;
import static io.distributary.sink.write.Sample.up;
import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.record.Change;
import io.distributary.core.record.Part;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;

/**
 * Whatever a source with unique indexes does in a transaction, and in whatever order and parts its
 * changed rows come, the target ends with the same rows.
 */
class SqliteConvergenceTest {
  private static final int IDS = 12;
  private static final String DDL =
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT UNIQUE, b, UNIQUE (b, a))";
  private static final String ROWS = "SELECT id, a, quote(b), typeof(b) FROM t ORDER BY id";
  private static final Table T = Sample.table("t", "*id INTEGER", "a TEXT", "b");

  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void theTargetEndsWithTheRowsOfTheSource(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int partSize)
      throws SQLException, IOException {
    Random random = new Random(seed);
    Path directory = Files.createTempDirectory("convergence");
    Settings settings = new Settings("jdbc:sqlite:" + directory.resolve("replica.db"));
    settings.snapshots = random.nextBoolean() ? SnapshotMode.SWAP : SnapshotMode.MERGE;
    try (Database source = new Database("jdbc:sqlite::memory:");
        Database reader = new Database(settings.url);
        Target target = Targets.open(settings.done())) {
      source.execute(DDL);
      reader.execute("PRAGMA synchronous = OFF", DDL);
      for (long lsn = 1; lsn <= 15; lsn++) {
        List<String> before = source.rows(ROWS);
        act(source, random);
        boolean snapshot = random.nextInt(5) == 0;
        List<Change> changes = snapshot ? all(source) : changed(source, before);
        Collections.shuffle(changes, random);
        for (Part part : parts(snapshot, lsn, changes, partSize)) {
          target.apply(part);
        }
        target.commit(Map.of());
        assertThat(reader.rows(ROWS)).isEqualTo(source.rows(ROWS));
      }
    } finally {
      delete(directory);
    }
  }

  private static void act(Database source, Random random) throws SQLException {
    for (int i = random.nextInt(8); i >= 0; i--) {
      int id = random.nextInt(IDS);
      String a = random.nextInt(6) == 0 ? "NULL" : "'" + (char) ('a' + random.nextInt(8)) + "'";
      String b = List.of("1", "1.0", "'1'", "x'01'", "NULL").get(random.nextInt(5));
      source.execute(
          switch (random.nextInt(5)) {
            case 0, 1 -> "INSERT OR REPLACE INTO t VALUES (" + id + ", " + a + ", " + b + ")";
            case 2 -> "UPDATE OR REPLACE t SET a = " + a + ", b = " + b + " WHERE id = " + id;
            case 3 -> "UPDATE OR IGNORE t SET id = id + " + id;
            default -> "DELETE FROM t WHERE id = " + id;
          });
    }
  }

  private static List<Change> all(Database source) throws SQLException {
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
  private static List<Change> changed(Database source, List<String> before) throws SQLException {
    List<String> after = source.rows(ROWS);
    List<String> unchanged = new ArrayList<>(before);
    unchanged.retainAll(after);
    List<Change> changes = new ArrayList<>();
    for (Change row : all(source)) {
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

  private static List<Part> parts(boolean snapshot, long lsn, List<Change> changes, int size) {
    UnitKind kind = snapshot ? UnitKind.SNAPSHOT : UnitKind.UPDATE;
    List<Part> parts = new ArrayList<>();
    int at = 0;
    do {
      int end = Math.min(at + size, changes.size());
      Change[] slice = changes.subList(at, end).toArray(Change[]::new);
      parts.add(Sample.part(kind, T, lsn, parts.size(), end == changes.size(), slice));
      at = end;
    } while (at < changes.size());
    return parts;
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
