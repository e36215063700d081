package io.distributary.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A real database, replicated whole and then changed. It lies beside the checkout or further up, in
 * {@code shared/data}; where it does not, the test is skipped.
 */
class ChinookIT {
  private static final int CHANGES = 1_000;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"transaction", "row"})
  void isReplicatedWholeAndThroughAThousandChanges(String events) throws Exception {
    Optional<Path> original =
        Stream.iterate(Chain.CHECKOUT.root(), Objects::nonNull, Path::getParent)
            .map(folder -> folder.resolve("shared/data/chinook.sqlite"))
            .filter(Files::exists)
            .findFirst();
    assumeTrue(original.isPresent(), "no shared/data/chinook.sqlite beside the checkout or above");
    Path source = Files.copy(original.orElseThrow(), directory.resolve("chinook.db"));
    // What comes from a read-only place must be written to here.
    source.toFile().setWritable(true);
    Path replica = directory.resolve("replica.db");
    String name = "chinook-" + events;
    Chain chain = Chain.shared();
    chain
        .source("sqlite-source-" + events, name, source)
        .sink("sqlite-sink", name + "-sink", name, replica);
    Chain.awaitEqual(source, replica);

    change(source);
    Chain.awaitEqual(source, replica);
    chain.end(name, name + "-sink");
  }

  private static void change(Path source) throws SQLException {
    Random random = new Random(11);
    List<String> changes =
        List.of(
            "UPDATE Track SET UnitPrice = round(UnitPrice * 1.1, 2) WHERE TrackId %% 97 = %d",
            "UPDATE Customer SET Phone = NULL, Company = 'Ünï ' || CustomerId WHERE CustomerId = %d",
            "DELETE FROM PlaylistTrack WHERE TrackId = %d",
            "INSERT OR REPLACE INTO Artist VALUES (%d, 'An artist''s \"name\"')",
            "INSERT INTO Genre (Name) VALUES ('genre %d')",
            "DELETE FROM InvoiceLine WHERE InvoiceLineId = %d",
            "UPDATE Invoice SET Total = Total + 0.01 WHERE InvoiceId = %d",
            "UPDATE Album SET ArtistId = 1 + ArtistId %% 275 WHERE AlbumId = %d");
    try (Connection connection = Bank.open(source);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (int i = 0; i < CHANGES; i++) {
        statement.execute(
            changes.get(random.nextInt(changes.size())).formatted(random.nextInt(400)));
        if (random.nextInt(7) == 0) {
          connection.rollback();
        } else if (random.nextInt(3) == 0) {
          connection.commit();
        }
      }
      connection.commit();
    }
  }
}
