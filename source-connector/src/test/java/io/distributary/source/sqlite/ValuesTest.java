package io.distributary.source.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.record.RawText;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values arrive as they are stored, whatever their column declares. */
class ValuesTest {
  @TempDir Path directory;
  private SourceFixture source;

  @BeforeEach
  void open() throws Exception {
    source = new SourceFixture(directory, "WAL");
    source.sql("CREATE TABLE t(id INTEGER PRIMARY KEY, v INTEGER, r REAL, s TEXT, b BLOB, n)");
    source.start().slices();
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  private Object arrived(String expression) throws Exception {
    source.sql("INSERT OR REPLACE INTO t(id, n) VALUES (1, " + expression + ")");
    Object[] row = source.slices().get(0).changes().get(0).after();
    source.assertConverged();
    return row[5];
  }

  @Test
  void integersOf64BitsAreExact() throws Exception {
    assertThat(arrived("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
    assertThat(arrived("-9223372036854775807 - 1")).isEqualTo(Long.MIN_VALUE);
    assertThat(arrived("2147483648")).isEqualTo(2147483648L);
    assertThat(((Number) arrived("-1")).longValue()).isEqualTo(-1);
  }

  @Test
  void floatingPointIsExactAndMayBeInfinite() throws Exception {
    assertThat(arrived("1e999")).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(arrived("-1e999")).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(arrived("0.1 + 0.2")).isEqualTo(0.1 + 0.2);
    assertThat(arrived("4.9e-324")).isEqualTo(Double.MIN_VALUE);
    assertThat(arrived("1.0")).isEqualTo(1.0);
  }

  @Test
  void notANumberIsNullAsSqliteStoresIt() throws Exception {
    assertThat(arrived("1e999 - 1e999")).isNull();
  }

  @Test
  void emptyTextEmptyBlobsAndNullStayApart() throws Exception {
    assertThat(arrived("''")).isEqualTo("");
    assertThat(arrived("x''")).isEqualTo(new byte[0]);
    assertThat(arrived("NULL")).isNull();
    assertThat(arrived("x'00ff'")).isEqualTo(new byte[] {0, -1});
  }

  @Test
  void nulCharactersAreCharacters() throws Exception {
    assertThat(arrived("'a' || char(0) || 'b' || char(0)")).isEqualTo("a\0b\0");
    try (PreparedStatement insert =
        source.writer.prepareStatement("INSERT OR REPLACE INTO t(id, s) VALUES (2, ?)")) {
      insert.setString(1, "\0x\0");
      insert.execute();
    }
    assertThat(source.slices().get(0).changes().get(0).after()[3]).isEqualTo("\0x\0");
  }

  @Test
  void textOfAllPlanesIsKept() throws Exception {
    assertThat(arrived("'ß 表 😀' || char(65533)")).isEqualTo("ß 表 😀\uFFFD");
  }

  @Test
  void textThatIsNoUtf8KeepsItsBytes() throws Exception {
    assertThat(arrived("CAST(x'61ff62' AS TEXT)"))
        .isEqualTo(new RawText(new byte[] {'a', -1, 'b'}));
    assertThat(arrived("CAST(x'eda080' AS TEXT)")).isInstanceOf(RawText.class);
  }

  @Test
  void textThatIsNoUtf8CanBeAKey() throws Exception {
    source.sql("CREATE TABLE k(k TEXT PRIMARY KEY, v)");
    source.sql("INSERT INTO k VALUES (CAST(x'ff' AS TEXT), 1), (CAST(x'fe' AS TEXT), 2)");
    source.slices();
    source.sql("DELETE FROM k WHERE v = 1");
    assertThat(source.slices().get(0).changes().get(0).before()[0])
        .isEqualTo(new RawText(new byte[] {-1}));
    source.assertConverged();
  }

  @Test
  void valuesOfAnotherTypeThanTheirColumnAreWhatTheyAre() throws Exception {
    source.sql(
        "INSERT INTO t VALUES (1, 'many', 'x', 5, 'text', 1.5), (2, x'01', NULL, x'02', 7, 'n'),"
            + " (3, 1.5, 9007199254740993, 2.5, 1.5, 1)");
    Object[] first = source.slices().get(0).changes().get(0).after();
    assertThat(first).containsExactly(1, "many", "x", "5", "text", 1.5);
    source.assertConverged();
  }

  @Test
  void generatedColumnsArriveWithTheirValues() throws Exception {
    source.sql(
        "CREATE TABLE g(id INTEGER PRIMARY KEY, a INT, v AS (a + 1), s TEXT AS ('s' || a) STORED)",
        "INSERT INTO g(id, a) VALUES (1, 1)");
    source.slices();
    source.sql("UPDATE g SET a = 2");
    assertThat(source.changes()).containsExactly("g u[1, 2, 3, s2]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16le", "UTF-16be"})
  void databasesInUtf16ReadTheSame(String encoding) throws Exception {
    try (SourceFixture wide =
        new SourceFixture(java.nio.file.Files.createDirectory(directory.resolve("w")), "DELETE")) {
      wide.sql("PRAGMA encoding = '" + encoding + "'", "CREATE TABLE t(k TEXT PRIMARY KEY, v)");
      wide.start().slices();
      wide.sql("INSERT INTO t VALUES ('表', '\uFFFD😀')");
      assertThat(wide.changes()).containsExactly("t c[表, \uFFFD😀]");
      wide.assertConverged();
    }
  }

  @Test
  void longTextIsKept() throws Exception {
    String text = "€".repeat(300_000);
    assertThat(arrived("'" + text + "'")).isEqualTo(text);
    assertThat(text.getBytes(StandardCharsets.UTF_8)).hasSize(900_000);
  }
}
