package io.distributary.source.sqlite;

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
 * @param position all up to here was sent
 * @param nonce of the log row at that LSN: it tells whether the log is still the one that was read
 * @param ready the tables whose content was sent, so that their changes count
 */
record Bookmark(Position position, String nonce, SortedSet<String> ready) {
  private static final String EPOCH = "epoch";
  private static final String LSN = "lsn";
  private static final String NONCE = "nonce";
  private static final String READY = "ready";

  Bookmark {
    ready = Collections.unmodifiableSortedSet(new TreeSet<>(ready));
  }

  Bookmark ready(Set<String> tables) {
    return new Bookmark(position, nonce, new TreeSet<>(tables));
  }

  /** The bookmark as a source offset: strings and longs only. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(EPOCH, position.epoch());
    map.put(LSN, position.lsn());
    map.put(NONCE, nonce);
    map.put(READY, JsonNames.write(ready));
    return map;
  }

  /**
   * The bookmark in a source offset. One without a nonce is that of a lost history.
   *
   * @throws CaptureException when the offset is not one of ours
   */
  static Bookmark of(Map<String, ?> offset) {
    Object lsn = offset.get(LSN);
    Object ready = offset.get(READY);
    if (!(lsn instanceof Number number)
        || number.longValue() < 0
        || !(offset.get(EPOCH) instanceof String epoch)) {
      throw new CaptureException(
          "The source offset needs 'epoch' (a text) and 'lsn' (a number from 0), but has the"
              + " fields "
              + offset.keySet()
              + ". Reset the connector's offsets to begin with new snapshots.");
    }
    try {
      return new Bookmark(
          new Position(epoch, number.longValue()),
          offset.get(NONCE) instanceof String nonce ? nonce : "",
          new TreeSet<>(ready instanceof String names ? JsonNames.read(names) : Set.of()));
    } catch (IllegalArgumentException e) {
      throw new CaptureException(
          "The source offset's 'ready' must be a JSON array of table names: "
              + e.getMessage()
              + ". Reset the connector's offsets to begin with new snapshots.",
          e);
    }
  }
}
