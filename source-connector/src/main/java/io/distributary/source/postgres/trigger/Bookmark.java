package io.distributary.source.postgres.trigger;

import io.distributary.core.record.Position;
import io.distributary.source.capture.CaptureException;
import io.distributary.source.keylog.JsonNames;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Where a capture resumes.
 *
 * @param epoch the history that it belongs to
 * @param horizon all that it saw was sent
 * @param mark what was written to the log right after: it tells whether the log is still the one
 *     that was read
 * @param ready the tables whose content was sent, so that their changes count
 */
record Bookmark(String epoch, Horizon horizon, Mark mark, SortedSet<String> ready) {
  private static final String EPOCH = "epoch";
  private static final String LSN = "lsn";
  private static final String SNAPSHOT = "snapshot";
  private static final String MARK = "mark";
  private static final String READY = "ready";

  Bookmark {
    ready = Collections.unmodifiableSortedSet(new TreeSet<>(ready));
  }

  Position position() {
    return new Position(epoch, horizon.lsn());
  }

  Bookmark ready(Set<String> tables) {
    return new Bookmark(epoch, horizon, mark, new TreeSet<>(tables));
  }

  /** The bookmark as a source offset: strings and longs only. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(EPOCH, epoch);
    map.put(LSN, horizon.lsn());
    map.put(SNAPSHOT, horizon.toString());
    map.put(MARK, mark.toString());
    map.put(READY, JsonNames.write(ready));
    return map;
  }

  /**
   * The bookmark in a source offset.
   *
   * @throws CaptureException when the offset is not one of ours
   */
  static Bookmark of(Map<String, ?> offset) {
    if (!(offset.get(EPOCH) instanceof String epoch)
        || !(offset.get(SNAPSHOT) instanceof String snapshot)) {
      throw new CaptureException(
          "The source offset needs 'epoch' and 'snapshot' (texts), but has the fields "
              + offset.keySet()
              + ". Reset the connector's offsets to begin with new snapshots.");
    }
    try {
      return new Bookmark(
          epoch,
          Horizon.parse(snapshot),
          offset.get(MARK) instanceof String mark ? Mark.parse(mark) : Mark.NONE,
          new TreeSet<>(
              offset.get(READY) instanceof String names ? JsonNames.read(names) : Set.of()));
    } catch (IllegalArgumentException e) {
      throw new CaptureException(
          "The source offset's 'snapshot' must be a pg_snapshot, 'mark' a transaction's number and"
              + " a nonce, and 'ready' a JSON array of table names: "
              + e.getMessage()
              + ". Reset the connector's offsets to begin with new snapshots.",
          e);
    }
  }
}
