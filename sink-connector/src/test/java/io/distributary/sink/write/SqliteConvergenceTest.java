package io.distributary.sink.write;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
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
  private static final String ROWS = "SELECT id, a, quote(b), typeof(b) FROM t ORDER BY id";
  private static final List<String> NAMES =
      List.of("NULL", "'a'", "'b'", "'c'", "'d'", "'e'", "'f'", "'g'", "'h'");
  private static final List<String> VALUES = List.of("1", "1.0", "'1'", "x'01'", "NULL");

  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void theTargetEndsWithTheRowsOfTheSource(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int partSize)
      throws SQLException, IOException {
    Random random = new Random(seed);
    Path directory = Files.createTempDirectory("convergence");
    Settings settings = new Settings("jdbc:sqlite:" + directory.resolve("replica.db"));
    settings.snapshots = random.nextBoolean() ? SnapshotMode.SWAP : SnapshotMode.MERGE;
    try (RandomTable source = new RandomTable("", ROWS, NAMES, VALUES, random);
        Database reader = new Database(settings.url);
        Target target = Targets.open(settings.done())) {
      reader.execute("PRAGMA synchronous = OFF", RandomTable.definition(""));
      for (long lsn = 1; lsn <= 15; lsn++) {
        source.next(lsn, partSize).forEach(target::apply);
        target.commit(Map.of());
        assertThat(reader.rows(ROWS)).isEqualTo(source.rows());
      }
    } finally {
      delete(directory);
    }
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
