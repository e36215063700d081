package io.distributary.source.sqlite;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What a capture needs to know.
 *
 * @param file the database file; it is never created
 * @param include regular expressions of the names of the tables to capture, each matched against
 *     the whole name without regard to ASCII case; empty for all tables
 * @param exclude the same for tables not to capture; it wins over {@code include}
 * @param pollInterval how often to look for new commits
 * @param maxRows how many changes a slice has at most
 * @param maxBytes about how many bytes the values of a slice have at most
 * @param snapshots when tables are read whole
 * @param emptiedAsSnapshot whether a transaction that leaves a table empty becomes a snapshot
 *     without rows, instead of one delete per row
 * @param snapshotsTogether whether the snapshots that start together count only when the last of
 *     them is done, so that a restart in between reads all of them again
 * @param busyLimit how long a database that is locked, or a file that is missing while it is being
 *     replaced, is waited for before the capture fails
 * @param copyDirectory where a database in rollback-journal mode is copied to for long reads; null
 *     for the JVM's temporary directory
 * @param connector the name of the connector, of which a database can have one only
 */
public record SqliteCaptureSettings(
    Path file,
    List<String> include,
    List<String> exclude,
    Duration pollInterval,
    int maxRows,
    long maxBytes,
    SnapshotMode snapshots,
    boolean emptiedAsSnapshot,
    boolean snapshotsTogether,
    Duration busyLimit,
    Path copyDirectory,
    String connector) {
  private static final String URL = "jdbc:sqlite:";

  /**
   * @throws IllegalArgumentException for limits that are not positive
   */
  public SqliteCaptureSettings {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(snapshots, "snapshots");
    Objects.requireNonNull(connector, "connector");
    include = List.copyOf(include);
    exclude = List.copyOf(exclude);
    if (maxRows < 1 || maxBytes < 1 || pollInterval.isNegative() || pollInterval.isZero()) {
      throw new IllegalArgumentException(
          "Rows (" + maxRows + "), bytes (" + maxBytes + ") and interval must be positive");
    }
  }

  /** All tables of a file, with the defaults of the connector. */
  public static SqliteCaptureSettings of(Path file) {
    return new SqliteCaptureSettings(
        file,
        List.of(),
        List.of(),
        Duration.ofMillis(10),
        1000,
        900_000,
        SnapshotMode.INITIAL,
        true,
        false,
        Duration.ofMinutes(5),
        null,
        "distributary");
  }

  /**
   * The file that a JDBC URL names.
   *
   * @throws IllegalArgumentException when it is not the URL of a SQLite file
   */
  public static Path file(String jdbcUrl) {
    if (!jdbcUrl.startsWith(URL)) {
      throw new IllegalArgumentException(
          "The URL of a SQLite database begins with " + URL + " and names a file");
    }
    String name = jdbcUrl.substring(URL.length());
    int options = name.indexOf('?');
    name = options < 0 ? name : name.substring(0, options);
    name = name.startsWith("file:") ? name.substring("file:".length()) : name;
    if (name.isBlank() || name.startsWith(":")) {
      throw new IllegalArgumentException(
          "The URL must name a file: a database in memory cannot be shared with its writers");
    }
    return Path.of(name);
  }

  /** What the database is called in records: the file's name. */
  public String database() {
    return file.getFileName().toString();
  }

  /** The same with other tables. */
  public SqliteCaptureSettings tables(List<String> included, List<String> excluded) {
    return new SqliteCaptureSettings(
        file,
        included,
        excluded,
        pollInterval,
        maxRows,
        maxBytes,
        snapshots,
        emptiedAsSnapshot,
        snapshotsTogether,
        busyLimit,
        copyDirectory,
        connector);
  }

  /** The same with other limits for a slice. */
  public SqliteCaptureSettings slices(int rows, long bytes) {
    return new SqliteCaptureSettings(
        file,
        include,
        exclude,
        pollInterval,
        rows,
        bytes,
        snapshots,
        emptiedAsSnapshot,
        snapshotsTogether,
        busyLimit,
        copyDirectory,
        connector);
  }

  /** The same with another rule for snapshots. */
  public SqliteCaptureSettings snapshots(SnapshotMode mode, boolean emptied, boolean together) {
    return new SqliteCaptureSettings(
        file,
        include,
        exclude,
        pollInterval,
        maxRows,
        maxBytes,
        mode,
        emptied,
        together,
        busyLimit,
        copyDirectory,
        connector);
  }

  /** The same with other times. */
  public SqliteCaptureSettings times(Duration interval, Duration limit) {
    return new SqliteCaptureSettings(
        file,
        include,
        exclude,
        interval,
        maxRows,
        maxBytes,
        snapshots,
        emptiedAsSnapshot,
        snapshotsTogether,
        limit,
        copyDirectory,
        connector);
  }

  /** The same with another directory for copies. */
  public SqliteCaptureSettings copies(Path directory) {
    return new SqliteCaptureSettings(
        file,
        include,
        exclude,
        pollInterval,
        maxRows,
        maxBytes,
        snapshots,
        emptiedAsSnapshot,
        snapshotsTogether,
        busyLimit,
        directory,
        connector);
  }

  /** The same for a connector of that name. */
  public SqliteCaptureSettings ownedBy(String name) {
    return new SqliteCaptureSettings(
        file,
        include,
        exclude,
        pollInterval,
        maxRows,
        maxBytes,
        snapshots,
        emptiedAsSnapshot,
        snapshotsTogether,
        busyLimit,
        copyDirectory,
        name);
  }
}
