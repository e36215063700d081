package io.distributary.sink.write;

import io.distributary.core.relation.Column;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** What differs between the databases that can be a target. One instance serves one connection. */
interface Dialect extends AutoCloseable {

  /** The connection, opened and set up. */
  Connection connection();

  /** Opens a transaction for writing; {@code snapshot} if it is to begin with a snapshot. */
  void begin(boolean snapshot) throws SQLException;

  /** Commits the open transaction. If that fails it may still be open. */
  void commit() throws SQLException;

  /**
   * Undoes the open transaction; does nothing where there is none, or where it went with the
   * connection.
   */
  void rollback() throws SQLException;

  /**
   * Whether the open transaction holds what readers see only some moments after its commit, so that
   * nothing else should be applied in it.
   */
  default boolean settles() {
    return false;
  }

  /**
   * Completes what tasks of this sink have committed and not shown, and removes what they left
   * unfinished. Called outside a transaction, when partitions have been taken over.
   */
  default void recover() throws SQLException {}

  /** Whether the connection is gone for good, by itself or the database's end of it. */
  boolean lost();

  /** Closes the connection. */
  @Override
  void close() throws SQLException;

  /** Changes whenever a definition in the catalogue does; cheap to ask for. */
  long catalogueVersion() throws SQLException;

  /**
   * The relation of that name, null where there is none.
   *
   * @throws WriteException for one that cannot be written, such as a view
   */
  Relation relation(String name) throws SQLException;

  /** Whether that name reaches a row number that identifies the relation's rows undeclared. */
  boolean implicitKey(Relation relation, String column);

  /** The column that stands for such a row number. */
  RelationColumn implicitKeyColumn(String column);

  /** The name of a column, or of anything else that has one part, as an identifier. */
  String quoted(String name);

  /** The name of a relation, perhaps with its schema's before it, as an identifier. */
  String relationName(String name);

  /** What stands for the relation of a table that goes to one of its own name. */
  default String ownRelation(String table) {
    return table;
  }

  /** Runs a statement that adds a column to a relation. */
  default void extend(Relation relation, String statement) throws SQLException {
    define(statement);
  }

  /** Runs a statement that creates a relation. */
  default void define(String statement) throws SQLException {
    try (Statement plain = connection().createStatement()) {
      plain.execute(statement);
    }
  }

  /** Has the database check a statement with question marks for parameters; runs nothing. */
  void compile(String statement) throws SQLException;

  /** Inserts rows into a table, named by its identifier, that has the plan's columns. */
  Bulk inserts(Plan plan, String table);

  /**
   * Inserts rows into the plan's relation which should not be there yet, in the way that is fastest
   * then; fails by a unique conflict where one is. Null where upserts are as fast.
   */
  default Bulk creations(Plan plan) {
    return null;
  }

  /** Inserts rows, or where the key is there, writes the columns that are no key. */
  Bulk upserts(Plan plan);

  /** Removes, or marks, rows by key. */
  Bulk deletes(Plan plan);

  /** Rows, each in brackets, as a list that a row can be looked for in. */
  default String rowValues(String rows) {
    return "VALUES " + rows;
  }

  /**
   * The statements that insert the staged rows which the relation lacks and update those that
   * differ.
   *
   * @param stage the staged table, as an identifier
   */
  default List<String> merge(Plan plan, String stage) {
    return List.of(new Merge(this, plan, stage).upsertStatement());
  }

  /** What follows an insert's columns, for a database that needs to be told to take them all. */
  default String insertOption(Plan plan) {
    return "";
  }

  /** The type to declare for a column of a record. */
  String columnType(Column column);

  /**
   * The type to declare for a column of a record in a new relation.
   *
   * @param key the columns of the relation's key, of which the column may be one
   */
  default String columnType(Column column, List<Column> key) {
    return columnType(column);
  }

  /** The type and constraint of a marker column, of 0 unless set. */
  String markerType();

  /** The value of a marker column in a row that was deleted. */
  default String marked() {
    return "1";
  }

  /** The value of a marker column in a row that is there. */
  default String unmarked() {
    return "0";
  }

  /** Makes the table of checkpoints where there is none; in a transaction of its own. */
  void createCheckpoints(String table) throws SQLException;

  /** A condition that holds where two expressions are the same or both NULL. */
  String same(String left, String right);

  /** A condition that holds where two columns of equal type hold values that differ in any way. */
  String differs(RelationColumn column, String left, String right);

  /** The clause that makes an insert an upsert by key, that writes the assigned columns. */
  String onConflict(List<String> key, List<String> assigned);

  /** What an upsert calls the new value of a column. */
  String proposed(String column);

  /** How to bind a record's column to a relation's. */
  Binder binder(Column column, RelationColumn target);

  /** How a record's values compare where they are keys of a relation. */
  KeyForm keyForm(Column column, RelationColumn target);

  /** A parameter whose bytes become text as they are. */
  String rawText();

  /** How many parameters a statement may have. */
  int maxParameters();

  /**
   * Why no one statement can hold values of the rows; null where one can.
   *
   * @param images where the rows hold the values
   */
  default String excess(Object[][] rows, int from, int to, int[] images) {
    return null;
  }

  /** What its failures mean. */
  Errors errors();

  /** Whether foreign keys are enforced on changes, so that deleting a row may touch others. */
  boolean enforcesForeignKeys();

  /** Why a snapshot cannot be swapped into the relation's place; null if it can. */
  String swapHindrance(Relation relation) throws SQLException;

  /** A new empty table made like the relation, to take its place. */
  Replacement replacement(Relation relation) throws SQLException;

  /** Makes and drops what need not stand in a way while a relation that is empty is filled. */
  BulkLoad bulkLoad(Relation relation) throws SQLException;

  /**
   * Makes a temporary table for the plan's columns and key, which refuses what the relation would.
   *
   * @return its name, as an identifier
   */
  String createStage(Plan plan) throws SQLException;

  /** The statement that drops such a temporary table. */
  default String dropStage(String stage) {
    return "DROP TABLE " + stage;
  }

  /** A new table that is loaded to take a relation's place. */
  interface Replacement {
    /** The new table's name, as an identifier. */
    String identifier();

    /** Makes the new table whole, now that its rows are there. */
    void complete() throws SQLException;

    /**
     * Drops the old table and gives the new one its name and all that hung on it. A database whose
     * readers need not wait for that until the commit can do it in {@link #complete}.
     */
    void takePlace() throws SQLException;

    /** Drops the new table. */
    void drop() throws SQLException;
  }

  /** What is put aside while an empty relation is filled. */
  @FunctionalInterface
  interface BulkLoad {
    /** Puts it back. */
    void end() throws SQLException;
  }
}
