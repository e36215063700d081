package io.distributary.sink.write;

import static io.distributary.sink.write.Sample.PARTITION;
import static io.distributary.sink.write.Sample.gone;
import static io.distributary.sink.write.Sample.up;
import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.record.Change;
import io.distributary.core.record.Part;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Table;
import io.distributary.it.mariadb.MariaDbServer;
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
 * Whatever a source with unique indexes does in a transaction, in whatever order and parts its
 * changed rows come, and whether the transaction is rolled back before, MariaDB ends with the same
 * rows.
 */
class MariaDbConvergenceTest {
  private static final int IDS = 12;
  private static final String ROWS = "SELECT id, a, b FROM t ORDER BY id";
  private static final Table T = Sample.table("t", "*id INTEGER", "a TEXT", "b INTEGER");

  @Property(tries = 15, shrinking = ShrinkingMode.OFF)
  void theTargetEndsWithTheRowsOfTheSource(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int partSize) throws SQLException {
    Random random = new Random(seed);
    Settings settings = new Settings(MariaDbServer.shared().createDatabase());
    settings.snapshots = random.nextBoolean() ? SnapshotMode.SWAP : SnapshotMode.MERGE;
    try (Database source = new Database("jdbc:sqlite::memory:");
        Database reader = new Database(settings.url);
        Target target = Targets.open(settings.done())) {
      target.claim(List.of(PARTITION));
      source.execute(
          "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT UNIQUE, b INT, UNIQUE (b, a))");
      reader.execute(
          "CREATE TABLE t (id BIGINT PRIMARY KEY, a VARCHAR(9) COLLATE utf8mb4_nopad_bin UNIQUE,"
              + " b BIGINT, UNIQUE (b, a))");
      for (long lsn = 1; lsn <= 12; lsn++) {
        List<String> before = source.rows(ROWS);
        act(source, random);
        boolean snapshot = random.nextInt(5) == 0;
        List<Change> changes = snapshot ? all(source) : changed(source, before);
        Collections.shuffle(changes, random);
        List<Part> parts = parts(snapshot, lsn, changes, partSize);
        if (random.nextInt(4) == 0) {
          parts.forEach(target::apply);
          target.rollback();
        }
        parts.forEach(target::apply);
        target.commit(Map.of());
        assertThat(reader.rows(ROWS)).isEqualTo(source.rows(ROWS));
      }
      assertThat(reader.rows("SELECT * FROM distributary_swap")).isEmpty();
      reader.execute("DROP DATABASE " + reader.value("SELECT database()"));
    }
  }

  private static void act(Database source, Random random) throws SQLException {
    for (int i = random.nextInt(8); i >= 0; i--) {
      int id = random.nextInt(IDS);
      String a = List.of("NULL", "'a'", "'A'", "'a '", "'b'", "'ä'", "'c'").get(random.nextInt(7));
      String b = random.nextInt(5) == 0 ? "NULL" : "" + random.nextInt(3);
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
        var row = statement.executeQuery(ROWS)) {
      while (row.next()) {
        Number b = (Number) row.getObject(3);
        rows.add(up(row.getLong(1), row.getString(2), b == null ? null : (Long) b.longValue()));
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
}
