package io.distributary.sink.write;

import io.distributary.core.relation.Column;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** MariaDB from version 10.6, and MySQL from version 8. */
final class MariaDbDialect implements Dialect {
  private final Connection connection;
  private final MariaDbErrors errors = new MariaDbErrors();
  private final MariaDbDefiner definer;
  private final MariaDbCatalogue catalogue;
  private final MariaDbCatalogueVersion version;
  private final MariaDbTypes types;
  private final MariaDbStages stages;
  private final MariaDbSwaps swaps;
  private final MariaDbPackets packets;
  private final boolean foreignKeysAsked;
  private final boolean userWrites;
  private final List<String> waiting = new ArrayList<>();
  private boolean foreignKeysOn;
  private boolean open;

  /** The dialect of a new connection, which is closed if that fails. */
  static MariaDbDialect of(MariaDbOpener opener, TargetSettings settings) throws SQLException {
    Connection connection = opener.main();
    try {
      return new MariaDbDialect(connection, opener, settings);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private MariaDbDialect(Connection connection, MariaDbOpener opener, TargetSettings settings)
      throws SQLException {
    this.connection = connection;
    this.definer = new MariaDbDefiner(opener);
    this.catalogue = new MariaDbCatalogue(connection);
    this.version = new MariaDbCatalogueVersion(catalogue);
    this.types = new MariaDbTypes(catalogue.exactCollation());
    this.stages = new MariaDbStages(connection, catalogue);
    this.swaps = new MariaDbSwaps(connection, definer, settings.sink());
    this.packets = new MariaDbPackets(opener.maxPacket());
    this.foreignKeysAsked = opener.enforcesForeignKeys();
    this.foreignKeysOn = !foreignKeysAsked;
    this.userWrites = !settings.statements().isEmpty() || !settings.handlers().isEmpty();
    connection.commit();
  }

  @Override
  public Connection connection() {
    return connection;
  }

  @Override
  public void begin(boolean snapshot) throws SQLException {
    swaps.complete();
    // The server checks keys row by row, and a unit's rows come in any order of their tables.
    boolean enforce = foreignKeysAsked && !snapshot;
    if (enforce != foreignKeysOn) {
      execute("SET SESSION foreign_key_checks = " + (enforce ? 1 : 0));
      foreignKeysOn = enforce;
    }
    open = true;
  }

  @Override
  public void commit() throws SQLException {
    version.verify();
    try {
      connection.commit();
    } catch (SQLException e) {
      errors.note(e);
      throw e;
    }
    open = false;
    version.ended();
    swaps.committed();
  }

  @Override
  public void rollback() throws SQLException {
    version.ended();
    if (!open) {
      return;
    }
    open = false;
    try {
      connection.rollback();
    } catch (SQLException e) {
      errors.note(e);
      if (!lost()) {
        throw e;
      }
    }
    if (!lost()) {
      swaps.rolledBack();
      defineWaiting();
    }
  }

  @Override
  public boolean settles() {
    return swaps.isDecided();
  }

  @Override
  public void recover() throws SQLException {
    swaps.recover();
  }

  @Override
  public boolean lost() {
    try {
      return errors.connectionGone() || connection.isClosed();
    } catch (SQLException e) {
      return true;
    }
  }

  @Override
  public void close() throws SQLException {
    try (connection) {
      definer.close();
    }
  }

  @Override
  public long catalogueVersion() throws SQLException {
    if (swaps.refresh()) {
      version.changed();
    }
    return version.current();
  }

  @Override
  public Relation relation(String name) throws SQLException {
    String identifier = quoted(swaps.place(name));
    Relation relation = catalogue.relation(name, identifier, foreignKeysAsked);
    if (relation != null) {
      version.watch(relation.name());
    }
    return relation;
  }

  @Override
  public void define(String statement) throws SQLException {
    try {
      definer.execute(statement);
    } catch (SQLException e) {
      if (e.getErrorCode() == MariaDbErrors.LOCK_WAIT) {
        // The open transaction itself may hold the table: this is tried again when it has ended.
        waiting.add(statement);
      }
      throw e;
    }
  }

  private void defineWaiting() throws SQLException {
    List<String> statements = List.copyOf(waiting);
    waiting.clear();
    for (String statement : statements) {
      try {
        definer.execute(statement);
      } catch (SQLException e) {
        if (errors.kind(e) != WriteException.Kind.TRANSIENT) {
          throw e;
        }
        // Who needs it asks for it again.
      }
    }
  }

  @Override
  public boolean implicitKey(Relation relation, String column) {
    return false;
  }

  @Override
  public RelationColumn implicitKeyColumn(String column) {
    throw new IllegalStateException("There are no row numbers here");
  }

  @Override
  public String quoted(String name) {
    return MariaDbCatalogue.quoted(name);
  }

  @Override
  public String relationName(String name) {
    return quoted(name);
  }

  @Override
  public void compile(String statement) throws SQLException {
    String literal = statement.replace("\\", "\\\\").replace("'", "''");
    execute("PREPARE distributary_check FROM '" + literal + "'");
    execute("DEALLOCATE PREPARE distributary_check");
  }

  @Override
  public Bulk inserts(Plan plan, String table) {
    return new MultiRow(this, new Sql(this).insert(plan, table), plan.columns());
  }

  @Override
  public Bulk upserts(Plan plan) {
    if (plan.conflicts()) {
      return new MariaDbUpserts(this, plan);
    }
    MultiRow rows = new MultiRow(this, new Sql(this).upsert(plan), plan.columns());
    return new Bulk() {
      @Override
      public void run(Object[][] images, int from, int to) throws SQLException {
        if (to > from) {
          version.relyOn(plan.relation().name());
        }
        rows.run(images, from, to);
      }

      @Override
      public void close() throws SQLException {
        rows.close();
      }
    };
  }

  @Override
  public Bulk deletes(Plan plan) {
    return new MultiRow(this, new Sql(this).delete(plan), plan.key());
  }

  @Override
  public String rowValues(String rows) {
    return rows;
  }

  @Override
  public List<String> merge(Plan plan, String stage) {
    return new MariaDbMerge(this, plan, stage).statements();
  }

  @Override
  public String columnType(Column column) {
    return columnType(column, List.of());
  }

  @Override
  public String columnType(Column column, List<Column> key) {
    return types.of(column, key);
  }

  @Override
  public String markerType() {
    return "TINYINT NOT NULL DEFAULT 0";
  }

  @Override
  public void createCheckpoints(String table) throws SQLException {
    definer.execute(
        "CREATE TABLE IF NOT EXISTS "
            + table
            + " (sink VARCHAR(255) NOT NULL, topic VARCHAR(249) NOT NULL, `partition` INT NOT NULL,"
            + " kafka_offset BIGINT, epoch VARCHAR(255), lsn BIGINT, record_timestamp BIGINT,"
            + " owner VARCHAR(36), PRIMARY KEY (sink, topic, `partition`))"
            + " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    swaps.createTable();
  }

  @Override
  public String same(String left, String right) {
    return left + " <=> " + right;
  }

  @Override
  public String differs(RelationColumn column, String left, String right) {
    return column.ambiguous()
        ? "NOT (CAST(" + left + " AS BINARY) <=> CAST(" + right + " AS BINARY))"
        : "NOT (" + left + " <=> " + right + ")";
  }

  /** Stands only where the relation has no unique index but the key's. */
  @Override
  public String onConflict(List<String> key, List<String> assigned) {
    return (assigned.isEmpty() ? key.subList(0, 1) : assigned)
        .stream()
            .map(column -> column + " = " + proposed(column))
            .collect(Collectors.joining(", ", "ON DUPLICATE KEY UPDATE ", ""));
  }

  @Override
  public String proposed(String column) {
    return "VALUES(" + column + ")";
  }

  @Override
  public Binder binder(Column column, RelationColumn target) {
    return new MariaDbBinder(new MariaDbValues(column, target));
  }

  @Override
  public KeyForm keyForm(Column column, RelationColumn target) {
    return new MariaDbKeyForm(new MariaDbValues(column, target), target.collation());
  }

  @Override
  public String rawText() {
    return "?";
  }

  @Override
  public int maxParameters() {
    return 65_535;
  }

  @Override
  public String excess(Object[][] rows, int from, int to, int[] images) {
    return packets.excess(rows, from, to, images);
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
    return userWrites
        ? "statements or handlers of the user's own may name the relation, which gets its new"
            + " table only after the commit"
        : catalogue.swapHindrance(relation.name());
  }

  @Override
  public Replacement replacement(Relation relation) throws SQLException {
    return swaps.create(relation, catalogue.counter(relation.name()));
  }

  /** Dropping indexes would end the transaction. */
  @Override
  public BulkLoad bulkLoad(Relation relation) {
    return () -> {};
  }

  @Override
  public String createStage(Plan plan) throws SQLException {
    return stages.create(plan);
  }

  /** Without its second word, it would end the transaction. */
  @Override
  public String dropStage(String stage) {
    return "DROP TEMPORARY TABLE IF EXISTS " + stage;
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
