package io.distributary.sink.write;

import static io.distributary.sink.write.Sample.at;
import static io.distributary.sink.write.Sample.gone;
import static io.distributary.sink.write.Sample.row;
import static io.distributary.sink.write.Sample.snapshot;
import static io.distributary.sink.write.Sample.table;
import static io.distributary.sink.write.Sample.up;
import static io.distributary.sink.write.Sample.update;
import static io.distributary.sink.write.TargetFixture.assertKind;
import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.record.Change;
import io.distributary.core.relation.Table;
import io.distributary.it.mariadb.MariaDbServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which rows are one to MariaDB: by primary keys, other unique indexes and collations. */
@Timeout(120)
class MariaDbKeysTest {
  private static final Table ITEMS = TargetContract.ITEMS;
  private static final String ALL = TargetContract.ALL;

  private TargetFixture fixture;
  private Database reader;

  @BeforeEach
  void connect() throws SQLException {
    fixture = new TargetFixture(MariaDbServer.shared().createDatabase());
    reader = fixture.database();
  }

  @AfterEach
  void close() throws SQLException {
    fixture.close();
  }

  // Unique indexes

  @Test
  void anUpsertNeverTouchesTheRowOfAnotherKey() throws SQLException {
    reader.execute(
        "CREATE TABLE items (id BIGINT PRIMARY KEY, name VARCHAR(9) UNIQUE, price DOUBLE)",
        "INSERT INTO items VALUES (1, 'a', 1), (2, 'b', 2)");
    Target target = fixture.open();
    for (int rows : new int[] {1, 9}) {
      Change[] changes = new Change[rows];
      for (int i = 0; i < rows; i++) {
        changes[i] = up(10L + i, i == 0 ? "a" : "n" + i, 5.0);
      }
      assertKind(
          () -> target.apply(update(ITEMS, changes)),
          WriteException.Kind.DATA,
          "Duplicate",
          "name");
    }
    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0", "2|b|2.0");
  }

  @Test
  void aUniqueIndexThatIsAddedWhileRunningIsNoticed() throws SQLException {
    reader.execute("CREATE TABLE items (id BIGINT PRIMARY KEY, name VARCHAR(9), price DOUBLE)");
    Target target = fixture.having(update(ITEMS, up(1L, "a", 1.0)));
    reader.execute("ALTER TABLE items ADD UNIQUE (name)");
    assertKind(() -> target.apply(update(ITEMS, up(2L, "a", 2.0))), WriteException.Kind.DATA);
    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0");
  }

  @Test
  void aUniqueIndexThatIsAddedBetweenTheLookAndTheFirstRowIsNoticedBeforeTheCommit()
      throws SQLException {
    Table stores = table("stores", "*code INTEGER", "city TEXT");
    reader.execute(
        "CREATE TABLE items (id BIGINT PRIMARY KEY, name VARCHAR(9), price DOUBLE)",
        "INSERT INTO items VALUES (1, 'a', 1)");
    Target target = fixture.having(update(ITEMS, up(1L, "a", 1.0)), update(stores, up(1L, "Bern")));
    target.apply(update(stores, up(2L, "Zug")));
    reader.execute("ALTER TABLE items ADD UNIQUE (name)");
    target.apply(update(ITEMS, up(2L, "a", 2.0)));
    assertKind(() -> target.commit(at(1)), WriteException.Kind.TRANSIENT, "items");
    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0");
    assertThat(reader.rows("SELECT * FROM stores")).containsExactly("1|Bern");
  }

  @Test
  void aUniqueIndexOverABeginningIsNoKey() throws SQLException {
    reader.execute("CREATE TABLE tags (name TEXT NOT NULL, UNIQUE (name(5)))");
    Table tags = table("tags", "*name TEXT");
    assertKind(
        () -> fixture.open().apply(update(tags, up("a"))),
        WriteException.Kind.FATAL,
        "unique index");
  }

  // Keys

  @ParameterizedTest
  @CsvSource({
    "utf8mb4_general_ci, true",
    "utf8mb4_unicode_ci, true",
    "utf8mb4_swedish_ci, true",
    "utf8mb4_uca1400_ai_ci, true",
    "utf8mb4_bin, false",
    "utf8mb4_nopad_bin, false"
  })
  void keysAreTheSameWhereTheCollationSaysSo(String collation, boolean ignoringCase)
      throws SQLException {
    reader.execute(
        "CREATE TABLE tags (tag VARCHAR(20) COLLATE " + collation + " PRIMARY KEY, n BIGINT)");
    Table tags = table("tags", "*tag TEXT", "n INTEGER");
    fixture.having(
        update(tags, up("a", 1L), up("Ärger", 1L), up("x ", 1L)),
        update(
            tags, gone("A", null), up("b", 2L), up("ÄRGER", 2L), gone("ärger", 2L), up("x", 3L)));
    boolean padded = !collation.contains("nopad");
    List<String> expected = new ArrayList<>();
    if (!ignoringCase) {
      expected.addAll(List.of("a|1", "Ärger|1", "ÄRGER|2"));
    }
    expected.add("b|2");
    expected.add("x|3");
    if (!padded) {
      expected.add("x |1");
    }
    assertThat(reader.rows("SELECT * FROM tags")).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void createdTablesTellAllKeysApart() throws SQLException {
    Table tags = table("tags", "*tag TEXT", "*raw BLOB", "n INTEGER");
    byte[] one = {1};
    byte[] padded = {1, 0};
    fixture.having(
        update(tags, up("a", one, 1L), up("A", one, 2L), up("a ", one, 3L), up("a", padded, 4L)),
        snapshot(
            tags, row("a", one, 5L), row("A", one, 2L), row("ä", one, 6L), row("a ", one, 7L)));
    assertThat(reader.rows("SELECT tag, hex(raw), n FROM tags ORDER BY n"))
        .containsExactly("A|01|2", "a|01|5", "ä|01|6", "a |01|7");
  }

  @Test
  void zeroIsAKeyLikeAnother() throws SQLException {
    reader.execute(
        "CREATE TABLE items (id BIGINT AUTO_INCREMENT PRIMARY KEY, name TEXT, price DOUBLE)");
    fixture.having(update(ITEMS, up(0L, "a", 1.0), up(-1L, "b", 1.0)));
    assertThat(reader.rows(ALL)).containsExactly("-1|b|1.0", "0|a|1.0");
  }
}
