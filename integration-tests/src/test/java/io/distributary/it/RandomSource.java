package io.distributary.it;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** A source database that changes at random, and keeps what it held after each commit. */
interface RandomSource extends AutoCloseable {

  /** Some changes in a transaction, which is committed, rolled back, or left open for later. */
  void transact() throws SQLException;

  /** Commits what was left open. */
  void settle() throws SQLException;

  /** Every table's columns as they are now. */
  Map<String, List<String>> tableColumns() throws SQLException;

  /** What the database held at first, after its first commit, its second, ... */
  List<Map<String, Content>> history();

  @Override
  void close() throws SQLException;
}
