package io.distributary.sink.write;

import java.sql.SQLException;
import java.util.List;

/** MariaDB and MySQL, both by MariaDB's driver. */
final class MariaDbDatabase implements TargetDatabase {

  @Override
  public String name() {
    return "MariaDB, MySQL";
  }

  @Override
  public List<String> prefixes() {
    return MariaDbOpener.PREFIXES;
  }

  @Override
  public boolean oneWriter() {
    return false;
  }

  @Override
  public String hindrance(TargetSettings settings) {
    return MariaDbOpener.hindrance(settings.url());
  }

  @Override
  public boolean madeWhenOpened(TargetSettings settings) {
    return false;
  }

  @Override
  public Dialect connect(TargetSettings settings) throws SQLException {
    return MariaDbDialect.of(new MariaDbOpener(settings), settings);
  }

  @Override
  public Errors errors() {
    return new MariaDbErrors();
  }
}
