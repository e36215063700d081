package io.distributary.source.sqlite;

import io.distributary.core.relation.Names;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/** What the capture has put into a source database, as a whole. */
public final class SqliteInstallation {
  private SqliteInstallation() {}

  /**
   * Removes all our tables and triggers from a database, in one transaction. No capture may be
   * running on it: that one would install them again.
   *
   * @return how many objects were removed
   * @throws SQLException when the file is missing, not a database, or stays locked
   */
  public static int remove(Path file) throws SQLException {
    if (!Files.exists(file)) {
      throw new SQLException("There is no file " + file);
    }
    int[] removed = {0};
    try (Session session = Session.open(file)) {
      session.execute("PRAGMA busy_timeout = 10000");
      session.write(
          () -> {
            for (String[] trigger : Triggers.present(session)) {
              session.execute("DROP TRIGGER " + Names.quoted(trigger[0]));
              removed[0]++;
            }
            for (String table : List.of(Log.TABLE, Log.META, Log.TABLES, Log.SIGNAL)) {
              removed[0] +=
                  (int)
                      session.number(
                          "SELECT count(*) FROM main.sqlite_master WHERE name = ?", table);
              session.execute("DROP TABLE IF EXISTS " + table);
            }
          });
    }
    return removed[0];
  }
}
