package io.distributary.sink.write;

import static io.distributary.sink.write.Sample.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.record.Part;
import io.distributary.it.mariadb.MariaDbServer;
import java.sql.SQLException;
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
  private static final String ROWS = "SELECT id, a, b FROM t ORDER BY id";
  private static final List<String> NAMES =
      List.of("NULL", "'a'", "'A'", "'a '", "'b'", "'ä'", "'c'");
  private static final List<String> VALUES = List.of("NULL", "0", "1", "2");

  @Property(tries = 15, shrinking = ShrinkingMode.OFF)
  void theTargetEndsWithTheRowsOfTheSource(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int partSize) throws SQLException {
    Random random = new Random(seed);
    Settings settings = new Settings(MariaDbServer.shared().createDatabase());
    settings.snapshots = random.nextBoolean() ? SnapshotMode.SWAP : SnapshotMode.MERGE;
    try (RandomTable source = new RandomTable("INTEGER", ROWS, NAMES, VALUES, random);
        Database reader = new Database(settings.url);
        Target target = Targets.open(settings.done())) {
      target.claim(List.of(PARTITION));
      reader.execute(
          "CREATE TABLE t (id BIGINT PRIMARY KEY, a VARCHAR(9) COLLATE utf8mb4_nopad_bin UNIQUE,"
              + " b BIGINT, UNIQUE (b, a))");
      for (long lsn = 1; lsn <= 12; lsn++) {
        List<Part> parts = source.next(lsn, partSize);
        if (random.nextInt(4) == 0) {
          parts.forEach(target::apply);
          target.rollback();
        }
        parts.forEach(target::apply);
        target.commit(Map.of());
        assertThat(reader.rows(ROWS)).isEqualTo(source.rows());
      }
      assertThat(reader.rows("SELECT * FROM distributary_swap")).isEmpty();
      reader.execute("DROP DATABASE " + reader.value("SELECT database()"));
    }
  }
}
