package io.distributary.source.postgres.trigger;

import io.distributary.source.capture.CaptureException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;

/**
 * Installs log and triggers with the rights of an administrator, so that the connector needs few:
 * {@code java -cp 'lib/*' io.distributary.source.postgres.trigger.Install URL ROLE [TABLE...]}. The
 * user and the password of the administrator stand in the URL, or the password in {@code
 * PGPASSWORD}; ROLE is the connector's.
 */
public final class Install {
  private Install() {}

  /**
   * Runs the command.
   *
   * @param args the JDBC URL, the connector's role, and the expressions of {@code
   *     table.include.list}
   */
  @SuppressWarnings("SystemOut") // a command speaks on standard output
  public static void main(String[] args) {
    if (args.length < 2) {
      System.err.println(
          "Usage: java -cp 'lib/*' " + Install.class.getName() + " URL ROLE [TABLE...]");
      System.exit(2);
    }
    TriggerCaptureSettings settings =
        TriggerCaptureSettings.of("install", args[0], null, System.getenv("PGPASSWORD"))
            .tables(Arrays.asList(args).subList(2, args.length), List.of());
    try {
      TriggerInstallation.install(settings, args[1]);
      System.out.println("Installed, and granted to " + args[1] + " what its connector needs");
    } catch (SQLException | CaptureException e) {
      System.err.println("Could not install: " + e.getMessage());
      System.exit(1);
    }
  }
}
