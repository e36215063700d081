package io.distributary.source.postgres;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.distributary.core.record.Position;
import io.distributary.source.capture.CaptureException;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Where a capture resumes: after a transaction, of which it remembers enough to know it again.
 *
 * @param position the end of its commit record; all up to here was sent
 * @param before the end of the transaction that was delivered before it. The slot is never moved
 *     beyond that, so that the server can be asked for the transaction at the position again
 * @param transaction its number; 0 where the position is none of a transaction
 * @param committed when it committed, in microseconds since 1970 UTC
 * @param slot the replication slot
 * @param ready the tables whose content was sent, so that their changes count ({@link
 *     CapturedTable#mark})
 * @param requested those of them of which a snapshot was asked for and is still to come
 * @param published what was published then ({@link Published#text}); empty where that is not known
 * @param partitions the partitions that the tables had then ({@link Partitions#text})
 */
record Bookmark(
    Position position,
    long before,
    long transaction,
    long committed,
    String slot,
    SortedSet<String> ready,
    SortedSet<String> requested,
    String published,
    String partitions) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String EPOCH = "epoch";
  private static final String LSN = "lsn";
  private static final String BEFORE = "before";
  private static final String TRANSACTION = "txId";
  private static final String COMMITTED = "ts_us";
  private static final String SLOT = "slot";
  private static final String READY = "ready";
  private static final String REQUESTED = "requested";
  private static final String PUBLISHED = "published";
  private static final String PARTITIONS = "partitions";

  Bookmark {
    ready = Collections.unmodifiableSortedSet(new TreeSet<>(ready));
    requested = Collections.unmodifiableSortedSet(new TreeSet<>(requested));
  }

  /** Where a slot stands that nothing was read of. */
  static Bookmark first(String epoch, long lsn, String slot) {
    return new Bookmark(
        new Position(epoch, lsn), lsn, 0, 0, slot, new TreeSet<>(), new TreeSet<>(), "", "");
  }

  long lsn() {
    return position.lsn();
  }

  /** The same after one transaction more. */
  Bookmark after(long lsn, long transaction, long committed) {
    return new Bookmark(
        new Position(position.epoch(), lsn),
        position.lsn(),
        transaction,
        committed,
        slot,
        ready,
        requested,
        published,
        partitions);
  }

  /** The same with other tables. */
  Bookmark tables(
      Collection<String> nowReady,
      Collection<String> nowRequested,
      String nowPublished,
      String nowPartitions) {
    return new Bookmark(
        position,
        before,
        transaction,
        committed,
        slot,
        new TreeSet<>(nowReady),
        new TreeSet<>(nowRequested),
        nowPublished,
        nowPartitions);
  }

  /** The bookmark as a source offset: strings and longs only. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(EPOCH, position.epoch());
    map.put(LSN, position.lsn());
    map.put(BEFORE, before);
    map.put(TRANSACTION, transaction);
    map.put(COMMITTED, committed);
    map.put(SLOT, slot);
    map.put(READY, write(ready));
    map.put(REQUESTED, write(requested));
    map.put(PUBLISHED, published);
    map.put(PARTITIONS, partitions);
    return map;
  }

  /**
   * The bookmark in a source offset.
   *
   * @throws CaptureException when the offset is not one of ours
   */
  static Bookmark of(Map<String, ?> offset) {
    if (!(offset.get(EPOCH) instanceof String epoch)
        || !(offset.get(SLOT) instanceof String slot)
        || number(offset, LSN) < 0) {
      throw new CaptureException(
          "The source offset needs 'epoch' and 'slot' (texts) and 'lsn' (a number from 0), but has"
              + " the fields "
              + offset.keySet()
              + ". Reset the connector's offsets to begin with new snapshots.");
    }
    long lsn = number(offset, LSN);
    long before = number(offset, BEFORE);
    return new Bookmark(
        new Position(epoch, lsn),
        before < 0 ? lsn : before,
        Math.max(0, number(offset, TRANSACTION)),
        number(offset, COMMITTED),
        slot,
        read(offset, READY),
        read(offset, REQUESTED),
        offset.get(PUBLISHED) instanceof String published ? published : "",
        offset.get(PARTITIONS) instanceof String partitions ? partitions : "");
  }

  private static long number(Map<String, ?> offset, String field) {
    return offset.get(field) instanceof Number number ? number.longValue() : -1;
  }

  private static String write(Collection<String> names) {
    try {
      return JSON.writeValueAsString(names);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts are always JSON", e);
    }
  }

  private static SortedSet<String> read(Map<String, ?> offset, String field) {
    try {
      return offset.get(field) instanceof String names
          ? new TreeSet<>(JSON.readValue(names, new TypeReference<List<String>>() {}))
          : new TreeSet<>();
    } catch (JsonProcessingException e) {
      throw new CaptureException(
          "The source offset's '"
              + field
              + "' must be a JSON array of texts. Reset the connector's offsets to begin with new"
              + " snapshots.",
          e);
    }
  }
}
