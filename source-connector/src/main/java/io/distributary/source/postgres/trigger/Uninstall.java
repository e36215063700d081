package io.distributary.source.postgres.trigger;

import java.sql.SQLException;

/**
 * Removes what the connector has put into a PostgreSQL database: {@code java -cp 'lib/*'
 * io.distributary.source.postgres.trigger.Uninstall URL [SCHEMA]}. Stop the connector first. The
 * user and the password stand in the URL, or the password in {@code PGPASSWORD}.
 */
public final class Uninstall {
  private Uninstall() {}

  /**
   * Runs the command.
   *
   * @param args the JDBC URL, and the schema of the log if it is not {@code distributary}
   */
  @SuppressWarnings("SystemOut") // a command speaks on standard output
  public static void main(String[] args) {
    if (args.length < 1 || args.length > 2) {
      System.err.println("Usage: java -cp 'lib/*' " + Uninstall.class.getName() + " URL [SCHEMA]");
      System.exit(2);
    }
    TriggerCaptureSettings settings =
        TriggerCaptureSettings.of("uninstall", args[0], null, System.getenv("PGPASSWORD"))
            .schema(args.length > 1 ? args[1] : TriggerCaptureSettings.DEFAULT_SCHEMA);
    try {
      int removed = TriggerInstallation.remove(settings);
      System.out.println("Removed " + removed + " tables and functions, and the triggers");
    } catch (SQLException e) {
      System.err.println("Could not remove them: " + e.getMessage());
      System.exit(1);
    }
  }
}
