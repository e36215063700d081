package io.distributary.quickstart.app;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.OptionalLong;
import java.util.StringJoiner;

/** How far the replicas are behind their source, for people to read. */
final class Progress {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

  private static final long LOOK_EVERY_MS = 100;
  private static final long TELL_EVERY_NS = 1_000_000_000L;

  private final Path source;
  private final List<Replica> replicas;
  private final Metrics metrics;

  Progress(Path source, List<Replica> replicas, long workerPid) {
    this.source = source;
    this.replicas = replicas;
    this.metrics = new Metrics(workerPid);
  }

  /**
   * Returns when every replica equals the source, and tells of the snapshots meanwhile.
   *
   * @param check throws when it is in vain to wait on
   */
  Replica.Equality awaitEqual(Runnable check) throws SQLException, InterruptedException {
    long told = System.nanoTime();
    while (true) {
      Replica.Equality equality = equality();
      if (equality != null) {
        return equality;
      }
      check.run();
      if (System.nanoTime() - told > TELL_EVERY_NS) {
        told = System.nanoTime();
        System.out.println(line() + metrics.snapshotProgress());
      }
      Thread.sleep(LOOK_EVERY_MS);
    }
  }

  private Replica.Equality equality() throws SQLException {
    Replica.Equality equality = null;
    for (Replica replica : replicas) {
      // Comparing costs a scan of everything, so the cheap sign comes first.
      equality = replica.lsn().isPresent() ? replica.equality() : null;
      if (equality == null) {
        return null;
      }
    }
    return equality;
  }

  /** The source's LSN and how far each replica has followed it. */
  String line() throws SQLException {
    OptionalLong lsn = Replica.sourceLsn(source);
    StringJoiner line = new StringJoiner("  |  ");
    line.add(LocalTime.now(ZoneId.systemDefault()).format(TIME) + "  source LSN " + text(lsn));
    for (Replica replica : replicas) {
      OptionalLong applied = replica.lsn();
      boolean inStep = lsn.isPresent() && applied.equals(lsn);
      line.add(replica.name() + " " + (inStep ? "in step" : "at " + text(applied)));
    }
    return line.toString();
  }

  private static String text(OptionalLong lsn) {
    return lsn.isPresent() ? Long.toString(lsn.getAsLong()) : "none";
  }
}
