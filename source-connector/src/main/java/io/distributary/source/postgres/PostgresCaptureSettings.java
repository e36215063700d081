package io.distributary.source.postgres;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a capture needs to know. */
public final class PostgresCaptureSettings {
  private final ServerAddress server;
  private final Names names;
  private final Tables tables;
  private final Slices slices;
  private final Snapshots snapshots;
  private final Holding holding;
  private final Times times;
  private final Map<String, String> debezium;

  /**
   * What is called how.
   *
   * @param connector the connector
   * @param slot its replication slot
   * @param publication its publication
   */
  public record Names(String connector, String slot, String publication) {}

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
   * @param together whether the snapshots that start together count only when the last of them is
   *     done, so that a restart in between reads all of them again
   * @param truncation what becomes of a TRUNCATE
   */
  record Snapshots(SnapshotMode mode, boolean together, Truncation truncation) {}

  /**
   * Where a transaction waits for its end.
   *
   * @param memory how many bytes of it are held in memory, roughly; what is beyond is in a file
   * @param directory where such files are; null for the JVM's temporary directory
   */
  record Holding(long memory, Path directory) {}

  /**
   * How often, and how long.
   *
   * @param poll how often Debezium looks for what it has decoded
   * @param heartbeat how often to look whether the slot stands still, and for new tables
   * @param trouble how long a server that cannot be reached, or a slot that is still in use, is
   *     waited for before the capture fails
   */
  record Times(Duration poll, Duration heartbeat, Duration trouble) {}

  private PostgresCaptureSettings(
      ServerAddress server,
      Names names,
      Tables tables,
      Slices slices,
      Snapshots snapshots,
      Holding holding,
      Times times,
      Map<String, String> debezium) {
    this.server = server;
    this.names = names;
    this.tables = tables;
    this.slices = slices;
    this.snapshots = snapshots;
    this.holding = holding;
    this.times = times;
    this.debezium = Map.copyOf(debezium);
  }

  /**
   * All tables of a database, with the defaults of the connector.
   *
   * @param url the JDBC URL
   * @param user whom to be; null or empty for whom the URL names
   * @param password null or empty for the URL's
   * @throws IllegalArgumentException for a URL that does not name one server, or no user
   */
  public static PostgresCaptureSettings of(
      String connector, String url, String user, String password) {
    return new PostgresCaptureSettings(
        ServerAddress.of(url, user, password),
        new Names(connector, defaultName(connector), defaultName(connector)),
        new Tables(List.of(), List.of()),
        new Slices(1000, 900_000),
        new Snapshots(SnapshotMode.INITIAL, false, Truncation.SNAPSHOT),
        new Holding(64L << 20, null),
        new Times(Duration.ofMillis(5), Duration.ofSeconds(10), Duration.ofMinutes(5)),
        Map.of());
  }

  /** The name that a slot and a publication get where the user gives none. */
  public static String defaultName(String source) {
    String legal = source.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
    String name = "distributary_" + legal;
    // The snapshots' slot has a longer name, and PostgreSQL's names have 63 bytes at most.
    return name.length() <= 50
        ? name
        : name.substring(0, 41) + "_" + "%08x".formatted(source.hashCode());
  }

  ServerAddress server() {
    return server;
  }

  /** What is called how. */
  Names names() {
    return names;
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

  Holding holding() {
    return holding;
  }

  Times times() {
    return times;
  }

  /** Further settings of Debezium's connector. */
  Map<String, String> debezium() {
    return debezium;
  }

  /** The same with a slot and a publication of those names; empty ones change nothing. */
  public PostgresCaptureSettings names(String slot, String publication) {
    Names changed =
        new Names(
            names.connector,
            slot.isEmpty() ? names.slot : slot,
            publication.isEmpty() ? names.publication : publication);
    return new PostgresCaptureSettings(
        server, changed, tables, slices, snapshots, holding, times, debezium);
  }

  /** The same with other tables. */
  public PostgresCaptureSettings tables(List<String> include, List<String> exclude) {
    Tables changed = new Tables(List.copyOf(include), List.copyOf(exclude));
    return new PostgresCaptureSettings(
        server, names, changed, slices, snapshots, holding, times, debezium);
  }

  /** The same with other limits for a slice. */
  public PostgresCaptureSettings slices(int rows, long bytes) {
    return new PostgresCaptureSettings(
        server, names, tables, new Slices(rows, bytes), snapshots, holding, times, debezium);
  }

  /** The same with another rule for snapshots. */
  public PostgresCaptureSettings snapshots(
      SnapshotMode mode, boolean together, Truncation truncation) {
    Snapshots changed = new Snapshots(mode, together, truncation);
    return new PostgresCaptureSettings(
        server, names, tables, slices, changed, holding, times, debezium);
  }

  /** The same with another place where transactions wait for their end. */
  public PostgresCaptureSettings holding(long memory, Path directory) {
    return new PostgresCaptureSettings(
        server, names, tables, slices, snapshots, new Holding(memory, directory), times, debezium);
  }

  /** The same with other times. */
  public PostgresCaptureSettings times(Duration poll, Duration heartbeat, Duration trouble) {
    Times changed = new Times(poll, heartbeat, trouble);
    return new PostgresCaptureSettings(
        server, names, tables, slices, snapshots, holding, changed, debezium);
  }

  /** The same with further settings of Debezium's connector. */
  public PostgresCaptureSettings debezium(Map<String, String> further) {
    return new PostgresCaptureSettings(
        server, names, tables, slices, snapshots, holding, times, further);
  }
}
