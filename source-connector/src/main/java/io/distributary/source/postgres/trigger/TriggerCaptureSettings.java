package io.distributary.source.postgres.trigger;

import io.distributary.source.postgres.SnapshotMode;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What a capture by triggers needs to know. A value; the methods that change it return another one.
 */
public final class TriggerCaptureSettings {
  /** Where log and trigger functions are, if the user does not say. */
  public static final String DEFAULT_SCHEMA = "distributary";

  /** Names in PostgreSQL have 63 bytes; the triggers' begin with the schema's. */
  private static final int LONGEST_SCHEMA = 40;

  private final Server server;
  private final String connector;
  private final String schema;
  private final Tables tables;
  private final Slices slices;
  private final Snapshots snapshots;
  private final Times times;

  /**
   * Where the database is.
   *
   * @param url the JDBC URL
   * @param user whom to be; null for whom the URL names
   * @param password null for the URL's
   */
  record Server(String url, String user, String password) {
    Server {
      if (url.matches("jdbc:postgresql://[^/?]*@.*")) {
        throw new IllegalArgumentException(
            "connection.url has an @ in its host: name the user with connection.user, and the"
                + " password with connection.password");
      }
    }

    /** The URL without what may hold a password. */
    @Override
    public String toString() {
      int parameters = url.indexOf('?');
      return parameters < 0 ? url : url.substring(0, parameters);
    }
  }

  /**
   * Which tables are captured.
   *
   * @param include regular expressions of {@code schema.table}, each matched against the whole name
   *     without regard to case; empty for all tables
   * @param exclude the same for tables not to capture; it wins over {@code include}
   */
  record Tables(List<String> include, List<String> exclude) {}

  /**
   * How large a slice is at most.
   *
   * @param rows how many changes it has
   * @param bytes about how many bytes its values have
   */
  record Slices(int rows, long bytes) {}

  /**
   * When tables are read whole.
   *
   * @param emptied whether a transaction that leaves a table empty becomes a snapshot without rows,
   *     instead of one delete per row
   * @param together whether the snapshots that start together count only when the last of them is
   *     done, so that a restart in between reads all of them again
   */
  record Snapshots(SnapshotMode mode, boolean emptied, boolean together) {}

  /**
   * How often, and how long.
   *
   * @param poll how often to look for new commits
   * @param catalogue how often to look for new or changed tables while nothing is read
   * @param trouble how long a server that cannot be reached, or a table that stays locked, is
   *     waited for before the capture fails
   */
  record Times(Duration poll, Duration catalogue, Duration trouble) {}

  private TriggerCaptureSettings(
      Server server,
      String connector,
      String schema,
      Tables tables,
      Slices slices,
      Snapshots snapshots,
      Times times) {
    this.server = server;
    this.connector = Objects.requireNonNull(connector, "connector");
    this.schema = schema;
    this.tables = tables;
    this.slices = slices;
    this.snapshots = snapshots;
    this.times = times;
  }

  /**
   * All tables of a database, with the defaults of the connector.
   *
   * @param connector the name of the connector, of which a schema with a log can have one only
   * @param url the JDBC URL
   * @param user whom to be; null or empty for whom the URL names
   * @param password null or empty for the URL's
   */
  public static TriggerCaptureSettings of(
      String connector, String url, String user, String password) {
    return new TriggerCaptureSettings(
        new Server(url, emptyToNull(user), emptyToNull(password)),
        connector,
        DEFAULT_SCHEMA,
        new Tables(List.of(), List.of()),
        new Slices(1000, 900_000),
        new Snapshots(SnapshotMode.INITIAL, true, false),
        new Times(Duration.ofMillis(10), Duration.ofSeconds(1), Duration.ofMinutes(5)));
  }

  private static String emptyToNull(String text) {
    return text == null || text.isEmpty() ? null : text;
  }

  Server server() {
    return server;
  }

  String connector() {
    return connector;
  }

  /** The schema that holds the log and the triggers' functions. */
  String schema() {
    return schema;
  }

  Tables tables() {
    return tables;
  }

  Slices slices() {
    return slices;
  }

  Snapshots snapshots() {
    return snapshots;
  }

  Times times() {
    return times;
  }

  /**
   * The same with the log in another schema.
   *
   * @throws IllegalArgumentException for a name that is empty or longer than 40 characters
   */
  public TriggerCaptureSettings schema(String name) {
    if (name.isEmpty() || name.length() > LONGEST_SCHEMA) {
      throw new IllegalArgumentException(
          "The schema of the log has a name of 1 to " + LONGEST_SCHEMA + " characters");
    }
    return new TriggerCaptureSettings(server, connector, name, tables, slices, snapshots, times);
  }

  /** The same with other tables. */
  public TriggerCaptureSettings tables(List<String> include, List<String> exclude) {
    Tables changed = new Tables(List.copyOf(include), List.copyOf(exclude));
    return new TriggerCaptureSettings(server, connector, schema, changed, slices, snapshots, times);
  }

  /**
   * The same with other limits for a slice.
   *
   * @throws IllegalArgumentException for limits that are not positive
   */
  public TriggerCaptureSettings slices(int rows, long bytes) {
    if (rows < 1 || bytes < 1) {
      throw new IllegalArgumentException(
          "Rows (" + rows + ") and bytes (" + bytes + ") must be positive");
    }
    Slices changed = new Slices(rows, bytes);
    return new TriggerCaptureSettings(server, connector, schema, tables, changed, snapshots, times);
  }

  /** The same with another rule for snapshots. */
  public TriggerCaptureSettings snapshots(SnapshotMode mode, boolean emptied, boolean together) {
    Snapshots changed = new Snapshots(mode, emptied, together);
    return new TriggerCaptureSettings(server, connector, schema, tables, slices, changed, times);
  }

  /** The same with other times. */
  public TriggerCaptureSettings times(Duration poll, Duration catalogue, Duration trouble) {
    Times changed = new Times(poll, catalogue, trouble);
    return new TriggerCaptureSettings(
        server, connector, schema, tables, slices, snapshots, changed);
  }
}
