package io.distributary.sink.write;

import io.distributary.core.relation.Column;
import io.distributary.core.relation.postgres.PostgresColumnTypes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;

/** PostgreSQL, from version 12. */
final class PostgresDialect implements Dialect {
  private final Connection connection;
  private final PostgresDefinitions.Opener opener;
  private final Errors errors = new PostgresErrors();
  private final PostgresRelations relations;
  private final PostgresCatalogueVersion version;
  private final PostgresBulks bulks;
  private final PostgresStages stages;
  private final boolean foreignKeys;
  private boolean deferrable;
  private boolean open;

  /**
   * A dialect.
   *
   * @param opener opens a second session where one is needed
   */
  PostgresDialect(Connection connection, PostgresDefinitions.Opener opener) throws SQLException {
    this.connection = connection;
    this.opener = opener;
    this.relations = new PostgresRelations(connection);
    this.version = new PostgresCatalogueVersion(connection);
    this.bulks = new PostgresBulks(this, relations);
    this.stages = new PostgresStages(connection);
    // A session in this role, which the URL can ask for, checks no foreign keys.
    this.foreignKeys =
        !"replica".equals(Postgres.text(connection, "SHOW session_replication_role"));
    connection.commit();
  }

  @Override
  public Connection connection() {
    return connection;
  }

  /** The driver itself begins, with the first statement. */
  @Override
  public void begin(boolean snapshot) throws SQLException {
    open = true;
    if (deferrable) {
      defer();
    }
  }

  /** Parents and children of one unit may come in any order. */
  private void defer() throws SQLException {
    execute("SET CONSTRAINTS ALL DEFERRED");
  }

  @Override
  public void commit() throws SQLException {
    connection.commit();
    open = false;
  }

  @Override
  public void rollback() throws SQLException {
    open = false;
    try {
      connection.rollback();
    } catch (SQLException e) {
      if (!lost()) {
        throw e;
      }
    }
  }

  @Override
  public boolean lost() {
    try {
      return connection.isClosed() || !connection.isValid(5);
    } catch (SQLException e) {
      return true;
    }
  }

  @Override
  public void close() throws SQLException {
    version.close();
    connection.close();
  }

  @Override
  public long catalogueVersion() throws SQLException {
    return version.current();
  }

  @Override
  public Relation relation(String name) throws SQLException {
    PostgresRelations.Found found = relations.find(name);
    if (found == null) {
      return null;
    }
    version.watch(found.oid());
    if (found.deferrable() && !deferrable) {
      deferrable = true;
      if (open) {
        defer();
      }
    }
    return found.relation();
  }

  @Override
  public boolean implicitKey(Relation relation, String column) {
    return false;
  }

  @Override
  public RelationColumn implicitKeyColumn(String column) {
    throw new UnsupportedOperationException("PostgreSQL has no row numbers");
  }

  @Override
  public String quoted(String name) {
    return PostgresNames.identifier(name);
  }

  @Override
  public String ownRelation(String table) {
    return PostgresNames.whole(table);
  }

  @Override
  public String relationName(String name) {
    return PostgresNames.relation(name);
  }

  @Override
  public void extend(Relation relation, String statement) throws SQLException {
    new PostgresDefinitions(connection).alter(relation.identifier(), statement, opener);
  }

  @Override
  public void compile(String statement) throws SQLException {
    try (var prepared = connection.prepareStatement(statement)) {
      prepared.getParameterMetaData();
    } finally {
      connection.rollback();
    }
  }

  @Override
  public Bulk inserts(Plan plan, String table) {
    return bulks.inserts(plan, table);
  }

  @Override
  public Bulk creations(Plan plan) {
    return bulks.creations(plan);
  }

  @Override
  public Bulk upserts(Plan plan) {
    return bulks.upserts(plan);
  }

  @Override
  public Bulk deletes(Plan plan) {
    return bulks.deletes(plan);
  }

  @Override
  public String insertOption(Plan plan) {
    boolean numbered = plan.columns().stream().anyMatch(p -> relations.numbersAlways(p.target()));
    return numbered ? " OVERRIDING SYSTEM VALUE" : "";
  }

  @Override
  public String columnType(Column column) {
    return PostgresColumnTypes.columnType(column.schema(), column.declaredType(), this::hasType);
  }

  private boolean hasType(String name) {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT to_regtype(?) IS NOT NULL")) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    } catch (SQLException e) {
      throw new WriteException(errors.kind(e), "Type " + name + " could not be looked up", e);
    }
  }

  @Override
  public String markerType() {
    return "smallint NOT NULL DEFAULT 0";
  }

  /** A literal that is true to a column of numbers as well as to one of truth. */
  @Override
  public String marked() {
    return "'1'";
  }

  @Override
  public String unmarked() {
    return "'0'";
  }

  @Override
  public void createCheckpoints(String table) throws SQLException {
    if (Postgres.text(connection, "SELECT to_regclass('" + table + "')") == null) {
      // IF NOT EXISTS does not wait for another session that is just making the same table, and
      // fails then in one of three ways: tasks that start together take turns.
      execute("SELECT pg_advisory_xact_lock(hashtext('" + table + "'))");
      execute(
          "CREATE TABLE IF NOT EXISTS "
              + table
              + " (sink text NOT NULL, topic text NOT NULL, \"partition\" integer NOT NULL,"
              + " kafka_offset bigint, epoch text, lsn bigint, record_timestamp bigint,"
              + " owner text, PRIMARY KEY (sink, topic, \"partition\"))");
    }
    connection.commit();
  }

  @Override
  public String same(String left, String right) {
    return left + " IS NOT DISTINCT FROM " + right;
  }

  /** By their text, where a type has no equality, or equal values can differ. */
  @Override
  public String differs(RelationColumn column, String left, String right) {
    return column.ambiguous()
        ? left + "::text IS DISTINCT FROM " + right + "::text"
        : left + " IS DISTINCT FROM " + right;
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
  public PostgresColumn binder(Column column, RelationColumn target) {
    return new PostgresColumn(column, relations.type(target));
  }

  @Override
  public KeyForm keyForm(Column column, RelationColumn target) {
    boolean fuzzy = target.collation().equals(PostgresRelations.FUZZY);
    return new PostgresKeyForm(column, relations.type(target), fuzzy);
  }

  /** What is not valid UTF-8 is no text to PostgreSQL; the binder refuses it. */
  @Override
  public String rawText() {
    return "?";
  }

  @Override
  public int maxParameters() {
    return 65_535;
  }

  @Override
  public Errors errors() {
    return errors;
  }

  @Override
  public boolean enforcesForeignKeys() {
    return foreignKeys;
  }

  @Override
  public String swapHindrance(Relation relation) throws SQLException {
    return PostgresSwapHindrance.of(connection, relation);
  }

  @Override
  public Replacement replacement(Relation relation) throws SQLException {
    return PostgresReplacement.create(connection, relation);
  }

  /** Indexes stay: to drop one would lock readers out until the commit. */
  @Override
  public BulkLoad bulkLoad(Relation relation) {
    return () -> {};
  }

  @Override
  public String createStage(Plan plan) throws SQLException {
    return stages.create(plan);
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
