package io.distributary.sink.write;

import java.io.File;
import java.sql.SQLException;
import java.util.List;

/** SQLite files. */
final class SqliteDatabase implements TargetDatabase {

  @Override
  public String name() {
    return "SQLite";
  }

  @Override
  public List<String> prefixes() {
    return List.of(SqliteOpener.PREFIX);
  }

  @Override
  public boolean oneWriter() {
    return true;
  }

  @Override
  public String hindrance(TargetSettings settings) {
    return SqliteOpener.hindrance(settings.url());
  }

  @Override
  public boolean madeWhenOpened(TargetSettings settings) {
    File file = SqliteOpener.file(settings.url());
    return file != null && !file.exists();
  }

  @Override
  public Dialect connect(TargetSettings settings) throws SQLException {
    return SqliteDialect.of(SqliteOpener.open(settings));
  }

  @Override
  public Errors errors() {
    return new SqliteErrors();
  }
}
