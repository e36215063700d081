package io.distributary.core.relation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.distributary.core.relation.SqliteColumn.Generated;
import io.distributary.core.relation.SqliteIndex.Origin;
import io.distributary.core.relation.SqliteTable.Kind;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SqliteCatalogueTest {
  private Connection connection;
  private SqliteCatalogue catalogue;

  @BeforeEach
  void open() throws SQLException {
    connection = DriverManager.getConnection("jdbc:sqlite::memory:");
    catalogue = new SqliteCatalogue(connection);
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  @Test
  void columnsAreReadWithAllThatTheirDeclarationSays() throws SQLException {
    execute(
        "CREATE TABLE \"odd \"\"name\"(b TEXT COLLATE NOCASE NOT NULL DEFAULT 'x',"
            + " a, v AS (b || a), s INT AS (length(b)) STORED, PRIMARY KEY(a, b))");

    SqliteTable table = catalogue.table("odd \"NAME");

    assertThat(table.name()).isEqualTo("odd \"name");
    assertThat(table.kind()).isEqualTo(Kind.TABLE);
    assertThat(table.columns())
        .containsExactly(
            new SqliteColumn("b", "TEXT", true, "'x'", 2, Generated.NO, "NOCASE"),
            new SqliteColumn("a", "", false, null, 1, Generated.NO, "BINARY"),
            new SqliteColumn("v", "", false, null, 0, Generated.VIRTUAL, "BINARY"),
            new SqliteColumn("s", "INT", false, null, 0, Generated.STORED, "BINARY"));
    assertThat(table.primaryKey()).extracting(SqliteColumn::name).containsExactly("a", "b");
    assertThat(table.columns())
        .filteredOn(SqliteColumn::insertable)
        .extracting(SqliteColumn::name)
        .containsExactly("b", "a");
    assertThat(table.table("shop").keyColumns()).extracting(Column::name).containsExactly("a", "b");
  }

  @Test
  void uniqueIndexesTellTheirExpressionsPredicatesAndCollations() throws SQLException {
    execute("CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b TEXT, c UNIQUE)");
    execute(
        "CREATE UNIQUE INDEX \"i(1\" ON t(a COLLATE NOCASE DESC, -- a comment, (\n"
            + " coalesce(b, ',)''') || 'x' ASC) /* why */ WHERE b IS NOT '(' AND a <> ''");

    List<SqliteIndex> indexes = catalogue.table("t").uniqueIndexes();

    assertThat(indexes)
        .extracting(SqliteIndex::name)
        .containsExactly("i(1", "sqlite_autoindex_t_1");
    SqliteIndex expression = indexes.get(0);
    assertThat(expression.terms())
        .extracting(SqliteIndex.Term::column, SqliteIndex.Term::collation)
        .containsExactly(tuple("a", "NOCASE"), tuple(null, "BINARY"));
    assertThat(expression.terms().get(1).sql()).endsWith("coalesce(b, ',)''') || 'x'");
    assertThat(expression.predicate()).isEqualTo("b IS NOT '(' AND a <> ''");
    assertThat(expression.plainColumns()).isFalse();
    assertThat(indexes.get(1).origin()).isEqualTo(Origin.UNIQUE);
  }

  @Test
  void kindsAreToldApart() throws SQLException {
    execute("CREATE TABLE plain(a TEXT PRIMARY KEY) STRICT");
    execute("CREATE TABLE wr(a PRIMARY KEY) WITHOUT ROWID");
    execute("CREATE VIEW seen AS SELECT * FROM plain");
    execute("CREATE VIRTUAL TABLE found USING fts5(text)");

    assertThat(catalogue.names())
        .containsEntry("plain", Kind.TABLE)
        .containsEntry("seen", Kind.VIEW)
        .containsEntry("found", Kind.VIRTUAL)
        .containsEntry("found_data", Kind.SHADOW)
        .doesNotContainKey("sqlite_schema");
    assertThat(catalogue.table("plain").strict()).isTrue();
    assertThat(catalogue.table("wr").withoutRowid()).isTrue();
    assertThat(catalogue.table("wr").columns().get(0).notNull()).isTrue();
    assertThat(catalogue.table("absent")).isNull();
    assertThat(catalogue.tables()).hasSize(catalogue.names().size());
  }

  @Test
  void aTableWithoutAPrimaryKeyIsKeyedByItsRowid() throws SQLException {
    execute("CREATE TABLE notes(RowId TEXT, text)");

    Table table = catalogue.table("notes").table("shop");

    assertThat(table.columns())
        .extracting(Column::name)
        .containsExactly("_rowid_", "RowId", "text");
    assertThat(table.columns().get(0).schema()).isEqualTo(Schema.OPTIONAL_INT64_SCHEMA);
    assertThat(table.keyColumns()).extracting(Column::name).containsExactly("_rowid_");
  }

  @Test
  void aTableWhoseColumnsHideTheRowidIsRefused() throws SQLException {
    execute("CREATE TABLE hidden(rowid, oid, _rowid_)");

    assertThatThrownBy(() -> catalogue.table("hidden").table("shop"))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("Table hidden has no primary key")
        .hasMessageContaining("Give it a primary key");
  }

  @Test
  void anIntegerPrimaryKeyIsTheRowid() throws SQLException {
    execute("CREATE TABLE a(id INTEGER PRIMARY KEY)");
    execute("CREATE TABLE b(id INT PRIMARY KEY)");
    execute("CREATE TABLE c(id INTEGER PRIMARY KEY) WITHOUT ROWID");

    assertThat(catalogue.table("a").rowidIsKey()).isTrue();
    assertThat(catalogue.table("b").rowidIsKey()).isFalse();
    assertThat(catalogue.table("c").rowidIsKey()).isFalse();
  }

  @Test
  void foreignKeysAreReadFromBothEnds() throws SQLException {
    execute("CREATE TABLE parent(a, b, PRIMARY KEY(a, b))");
    execute(
        "CREATE TABLE child(x, y, z REFERENCES Parent ON DELETE CASCADE,"
            + " FOREIGN KEY(x, y) REFERENCES parent(a, b) ON UPDATE SET NULL)");

    assertThat(catalogue.table("child").foreignKeys())
        .containsExactlyInAnyOrder(
            new SqliteForeignKey(
                "child", "parent", List.of("x", "y"), List.of("a", "b"), "SET NULL", "NO ACTION"),
            new SqliteForeignKey(
                "child", "Parent", List.of("z"), List.of(), "NO ACTION", "CASCADE"));
    assertThat(catalogue.foreignKeysTo("PARENT")).hasSize(2);
    assertThat(catalogue.foreignKeysTo("child")).isEmpty();
  }

  @Test
  void triggersAndIndexesKeepTheirSql() throws SQLException {
    execute("CREATE TABLE t(a)");
    execute("CREATE INDEX t_a ON t(a)");
    execute("CREATE TRIGGER t_i AFTER INSERT ON t BEGIN SELECT 1; END");

    SqliteTable table = catalogue.table("T");

    assertThat(table.triggers())
        .containsExactly(
            new SqliteTable.Trigger(
                "t_i", "CREATE TRIGGER t_i AFTER INSERT ON t BEGIN SELECT 1; END"));
    assertThat(table.indexes())
        .extracting(SqliteIndex::sql)
        .containsExactly("CREATE INDEX t_a ON t(a)");
    assertThat(table.sql()).isEqualTo("CREATE TABLE t(a)");
  }

  @Test
  void everyChangeOfTheSchemaChangesItsVersion() throws SQLException {
    long before = catalogue.schemaVersion();
    execute("CREATE TABLE t(a)");
    long created = catalogue.schemaVersion();
    execute("VACUUM");
    assertThat(created).isGreaterThan(before);
    assertThat(catalogue.schemaVersion()).isGreaterThan(created);
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
