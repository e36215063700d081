package io.distributary.sink.write;

import io.distributary.core.relation.Column;
import io.distributary.core.relation.Names;
import io.distributary.core.relation.SqliteCatalogue;
import io.distributary.core.relation.SqliteIndex;
import io.distributary.core.relation.SqliteTable;
import io.distributary.core.relation.SqliteTypes;
import io.distributary.core.relation.SqliteTypes.Affinity;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** SQLite, from version 3.35 (the driver brings its own). */
final class SqliteDialect implements Dialect {
  private final Connection connection;
  private final Errors errors = new SqliteErrors();
  private final SqliteCatalogue catalogue;
  private final SqliteStages stages;
  private final boolean foreignKeysAsked;
  private final PreparedStatement schemaVersion;
  private boolean foreignKeysOn;
  private boolean open;

  /** The dialect of a connection, which is closed if that fails. */
  static SqliteDialect of(Connection connection) throws SQLException {
    try {
      return new SqliteDialect(connection);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private SqliteDialect(Connection connection) throws SQLException {
    this.connection = connection;
    this.catalogue = new SqliteCatalogue(connection);
    this.stages = new SqliteStages(connection, catalogue);
    this.schemaVersion = connection.prepareStatement("PRAGMA main.schema_version");
    this.foreignKeysAsked = number("PRAGMA foreign_keys") == 1;
    this.foreignKeysOn = foreignKeysAsked;
  }

  @Override
  public Connection connection() {
    return connection;
  }

  @Override
  public void begin(boolean snapshot) throws SQLException {
    // The source enforced the keys; a snapshot's tables come one by one, parents before or after.
    boolean enforce = foreignKeysAsked && !snapshot;
    if (enforce != foreignKeysOn) {
      execute("PRAGMA foreign_keys = " + (enforce ? "ON" : "OFF"));
      foreignKeysOn = enforce;
    }
    execute("BEGIN IMMEDIATE");
    open = true;
    if (enforce) {
      execute("PRAGMA defer_foreign_keys = ON");
    }
  }

  @Override
  public void commit() throws SQLException {
    execute("COMMIT");
    open = false;
  }

  @Override
  public void rollback() throws SQLException {
    if (open) {
      open = false;
      try {
        execute("ROLLBACK");
      } catch (SQLException e) {
        // SQLite itself may have rolled back already, which it reports as a plain error.
        if (errors.kind(e) != WriteException.Kind.FATAL) {
          throw e;
        }
      }
    }
  }

  /** A file does not go away; whatever it says, the next statement may succeed. */
  @Override
  public boolean lost() {
    return false;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  @Override
  public long catalogueVersion() throws SQLException {
    try (ResultSet row = schemaVersion.executeQuery()) {
      return row.getLong(1);
    }
  }

  @Override
  public Relation relation(String name) throws SQLException {
    return SqliteRelations.read(catalogue, name, foreignKeysAsked);
  }

  @Override
  public boolean implicitKey(Relation relation, String column) {
    boolean rowidName =
        List.of("rowid", "_rowid_", "oid").contains(column.toLowerCase(Locale.ROOT));
    return rowidName && relation.primaryKey().isEmpty() && relation.column(column) == null;
  }

  @Override
  public RelationColumn implicitKeyColumn(String column) {
    return new RelationColumn(column, "INTEGER", true, false, "BINARY", false);
  }

  @Override
  public String quoted(String name) {
    return Names.quoted(name);
  }

  @Override
  public String relationName(String name) {
    return Names.quoted(name);
  }

  @Override
  public void compile(String statement) throws SQLException {
    connection.prepareStatement(statement).close();
  }

  @Override
  public Bulk inserts(Plan plan, String table) {
    return new MultiRow(this, new Sql(this).insert(plan, table), plan.columns());
  }

  @Override
  public Bulk upserts(Plan plan) {
    return new MultiRow(this, new Sql(this).upsert(plan), plan.columns());
  }

  @Override
  public Bulk deletes(Plan plan) {
    return new MultiRow(this, new Sql(this).delete(plan), plan.key());
  }

  @Override
  public String columnType(Column column) {
    return SqliteTypes.columnType(column.schema(), column.declaredType());
  }

  @Override
  public String markerType() {
    return "INTEGER NOT NULL DEFAULT 0";
  }

  @Override
  public void createCheckpoints(String table) throws SQLException {
    execute(
        "CREATE TABLE IF NOT EXISTS "
            + table
            + " (sink TEXT NOT NULL, topic TEXT NOT NULL, \"partition\" INTEGER NOT NULL,"
            + " kafka_offset INTEGER, epoch TEXT, lsn INTEGER, record_timestamp INTEGER, owner TEXT,"
            + " PRIMARY KEY (sink, topic, \"partition\"))");
  }

  @Override
  public String same(String left, String right) {
    return left + " IS " + right;
  }

  @Override
  public String differs(RelationColumn column, String left, String right) {
    String values = left + " COLLATE BINARY IS NOT " + right;
    return column.ambiguous()
        ? values + " OR typeof(" + left + ") <> typeof(" + right + ")"
        : values;
  }

  @Override
  public String onConflict(List<String> key, List<String> assigned) {
    String target = "ON CONFLICT (" + String.join(", ", key) + ") DO ";
    return assigned.isEmpty()
        ? target + "NOTHING"
        : assigned.stream()
            .map(column -> column + " = " + proposed(column))
            .collect(Collectors.joining(", ", target + "UPDATE SET ", ""));
  }

  @Override
  public String proposed(String column) {
    return "excluded." + column;
  }

  @Override
  public Binder binder(Column column, RelationColumn target) {
    return new SqliteBinder(values(column, target));
  }

  @Override
  public KeyForm keyForm(Column column, RelationColumn target) {
    Affinity affinity = SqliteTypes.affinity(target.type());
    return new SqliteKeyForm(values(column, target), affinity, target.collation());
  }

  private static SqliteValues values(Column column, RelationColumn target) {
    return new SqliteValues(column, target.type(), SqliteTypes.affinity(target.type()));
  }

  @Override
  public String rawText() {
    return "CAST(? AS TEXT)";
  }

  @Override
  public int maxParameters() {
    return 32_766;
  }

  @Override
  public Errors errors() {
    return errors;
  }

  @Override
  public boolean enforcesForeignKeys() {
    return foreignKeysOn;
  }

  @Override
  public String swapHindrance(Relation relation) throws SQLException {
    if (relation.referenced()) {
      return "foreign keys of other tables refer to the relation, and the URL asks to enforce them";
    }
    SqliteTable table = catalogue.table(relation.name());
    if (table.triggers().stream().anyMatch(trigger -> trigger.name().startsWith("distributary_"))) {
      return "another source connector captures the relation by triggers, and must see its changes";
    }
    return null;
  }

  @Override
  public Replacement replacement(Relation relation) throws SQLException {
    return SqliteReplacement.create(connection, catalogue.table(relation.name()));
  }

  @Override
  public BulkLoad bulkLoad(Relation relation) throws SQLException {
    List<String> indexes = new ArrayList<>();
    for (SqliteIndex index : catalogue.table(relation.name()).indexes()) {
      // Unique ones stay, so that a row that breaks them is told.
      if (index.sql() != null && !index.unique()) {
        execute("DROP INDEX " + quoted(index.name()));
        indexes.add(index.sql());
      }
    }
    return () -> {
      for (String index : indexes) {
        execute(index);
      }
    };
  }

  @Override
  public String createStage(Plan plan) throws SQLException {
    return stages.create(plan);
  }

  private long number(String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.getLong(1);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
