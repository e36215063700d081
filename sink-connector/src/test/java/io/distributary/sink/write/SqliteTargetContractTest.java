package io.distributary.sink.write;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract, on SQLite files in write-ahead mode. */
class SqliteTargetContractTest extends TargetContract {
  @TempDir Path directory;

  @Override
  String nameOfUniqueName() {
    return "items.name";
  }

  @Override
  String numberedKey() {
    return "INTEGER PRIMARY KEY";
  }

  @Override
  String url() {
    return "jdbc:sqlite:" + directory.resolve("replica.db") + "?journal_mode=WAL";
  }
}
