package io.distributary.source.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in the source database, before and after. */
class InstallationTest {
  @TempDir Path directory;
  private SourceFixture source;

  @BeforeEach
  void open() throws Exception {
    source = new SourceFixture(directory, "WAL");
    source.sql("CREATE TABLE t(id INTEGER PRIMARY KEY, u UNIQUE)", "CREATE TABLE n(v)");
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  @Test
  void aSecondStartChangesNothingInTheDatabase() throws Exception {
    source.start().slices();
    source.stop();
    Object schema = source.value("PRAGMA schema_version");
    Object log = source.value("SELECT count(*) FROM distributary_log");
    source.start().slices();
    assertThat(source.value("PRAGMA schema_version")).isEqualTo(schema);
    assertThat(source.value("SELECT count(*) FROM distributary_log")).isEqualTo(log);
  }

  @Test
  void oneCommandRemovesAllOfIt() throws Exception {
    Object before = source.value("SELECT group_concat(name) FROM sqlite_master");
    source.start().slices();
    source.sql("INSERT INTO t VALUES (1, 1)");
    source.stop();

    Uninstall.main(new String[] {source.file.toString()});

    assertThat(source.value("SELECT group_concat(name) FROM sqlite_master")).isEqualTo(before);
    source.sql("INSERT INTO t VALUES (2, 2)");
    assertThat(SqliteInstallation.remove(source.file)).isZero();
  }

  @Test
  void theDocumentedSqlRemovesAllOfItToo() throws Exception {
    Object before = source.value("SELECT group_concat(name) FROM sqlite_master");
    source.sql("CREATE TABLE \"it's \"\"odd\"(a)", "DROP TABLE \"it's \"\"odd\"");
    source.sql("CREATE TABLE \"x \"\"y\"(a PRIMARY KEY)");
    source.start().slices();
    source.stop();
    String page = Files.readString(Path.of("../docs/sqlite.md"));
    String command =
        page.substring(page.indexOf("FILE=\""), page.indexOf("```", page.indexOf("FILE=\"")));
    try {
      new ProcessBuilder("sqlite3", "--version").start().waitFor();
    } catch (java.io.IOException e) {
      Assumptions.abort("The sqlite3 shell is not installed: " + e.getMessage());
    }

    Process shell =
        new ProcessBuilder("sh", "-ec", command.replace("/path/to/shop.db", source.file.toString()))
            .redirectErrorStream(true)
            .start();

    String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor()).as(output).isZero();
    source.sql("DROP TABLE \"x \"\"y\"");
    assertThat(source.value("SELECT group_concat(name) FROM sqlite_master")).isEqualTo(before);
  }

  @Test
  void removingFromAMissingFileSaysSoAndMakesNone() {
    Path missing = directory.resolve("missing.db");
    assertThatThrownBy(() -> SqliteInstallation.remove(missing))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("missing.db");
    assertThat(missing).doesNotExist();
  }

  @Test
  void aLookTellsWhatWouldBeCapturedAndChangesNothing() throws Exception {
    source.sql("CREATE VIRTUAL TABLE f USING fts5(x)", "CREATE TABLE h(rowid, oid, _rowid_)");
    byte[] before = Files.readAllBytes(source.file);

    SqliteCheck all = SqliteCapture.check(source.settings);
    assertThat(all.fileErrors()).isEmpty();
    assertThat(all.tables()).containsExactly("h", "n", "t");
    assertThat(all.tableErrors()).singleElement().asString().contains("Table h has no primary key");
    assertThat(all.warnings())
        .contains("Not captured: f is a virtual table, on which no triggers can stand");

    SqliteCheck named =
        SqliteCapture.check(source.settings.tables(List.of("f", "t", "absent"), List.of()));
    assertThat(named.tableErrors()).singleElement().asString().contains("f is a virtual table");
    assertThat(named.warnings()).contains("Table absent does not exist (yet)");
    assertThat(SqliteCapture.check(source.settings.tables(List.of("[x"), List.of())).tableErrors())
        .singleElement()
        .asString()
        .contains("table.include.list")
        .contains("[x");
    assertThat(Files.readAllBytes(source.file)).isEqualTo(before);
  }

  @Test
  void aLookAtNoDatabaseSaysWhy() throws Exception {
    Path missing = directory.resolve("missing.db");
    assertThat(SqliteCapture.check(SqliteCaptureSettings.of(missing)).fileErrors())
        .singleElement()
        .asString()
        .contains("There is no file");
    Path text = Files.writeString(directory.resolve("text.db"), "just text".repeat(500));
    assertThat(SqliteCapture.check(SqliteCaptureSettings.of(text)).fileErrors())
        .singleElement()
        .asString()
        .contains("cannot be read");
    assertThat(missing).doesNotExist();
  }

  @Test
  void theFileIsNamedByAJdbcUrl() {
    assertThat(SqliteCaptureSettings.file("jdbc:sqlite:/a/b.db?cache=shared"))
        .isEqualTo(Path.of("/a/b.db"));
    assertThat(SqliteCaptureSettings.file("jdbc:sqlite:file:/a/b.db"))
        .isEqualTo(Path.of("/a/b.db"));
    assertThatThrownBy(() -> SqliteCaptureSettings.file("jdbc:sqlite::memory:"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SqliteCaptureSettings.file("jdbc:postgresql:x"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
