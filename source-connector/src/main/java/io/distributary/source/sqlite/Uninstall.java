package io.distributary.source.sqlite;

import java.nio.file.Path;
import java.sql.SQLException;

/**
 * Removes what the connector has put into a SQLite database: {@code java -cp 'lib/*'
 * io.distributary.source.sqlite.Uninstall FILE}. Stop the connector first.
 */
public final class Uninstall {
  private Uninstall() {}

  /**
   * Runs the command.
   *
   * @param args the database file
   */
  @SuppressWarnings("SystemOut") // a command speaks on standard output
  public static void main(String[] args) {
    if (args.length != 1) {
      System.err.println("Usage: java -cp 'lib/*' " + Uninstall.class.getName() + " FILE");
      System.exit(2);
    }
    try {
      int removed = SqliteInstallation.remove(Path.of(args[0]));
      System.out.println("Removed " + removed + " tables and triggers from " + args[0]);
    } catch (SQLException e) {
      System.err.println("Could not remove them: " + e.getMessage());
      System.exit(1);
    }
  }
}
