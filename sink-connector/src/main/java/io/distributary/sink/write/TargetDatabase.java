package io.distributary.sink.write;

import java.sql.SQLException;
import java.util.List;

/**
 * A kind of database that can be a target: which URLs are its own, and how one is opened. {@link
 * Targets} lists all there are.
 */
interface TargetDatabase {

  /** What it is called, for messages. */
  String name();

  /** What its URLs begin with, such as {@code jdbc:sqlite:}. */
  List<String> prefixes();

  /** Whether a database has one writer at a time, so that one task serves it best. */
  boolean oneWriter();

  /** Whether a session can choose if its commits wait for the disk ({@code synchronous.commit}). */
  default boolean choosesSynchronousCommit() {
    return false;
  }

  /** What is wrong with the settings, as far as is seen without connecting; null for nothing. */
  String hindrance(TargetSettings settings);

  /** Whether the database is not there yet and is made when it is first opened. */
  boolean madeWhenOpened(TargetSettings settings);

  /** Connects. Nothing stays open where that fails. */
  Dialect connect(TargetSettings settings) throws SQLException;

  /** What its failures mean. */
  Errors errors();
}
