package io.distributary.source.postgres;

import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;

/**
 * One source transaction, from its BEGIN on; its LSN is known at its END. Not for several threads.
 */
final class Transaction implements AutoCloseable {
  /** How many tables' chunks are gathered at a time. */
  private static final int OPEN_CHUNKS = 16;

  private final PostgresCaptureSettings.Holding holding;

  /** By oid: in the middle of it the catalogue may come to know a table with other columns. */
  private final Map<Long, TableChanges> tables = new LinkedHashMap<>();

  private final List<TableChanges> gathering = new ArrayList<>();
  private final long id;
  private long bytes;
  private long events;
  private SpoolFile spool;
  private long lsn;
  private long committed;
  private boolean heartbeat;

  Transaction(long id, PostgresCaptureSettings.Holding holding) {
    this.id = id;
    this.holding = holding;
  }

  /** Its number on the server. */
  long id() {
    return id;
  }

  /** Counts an event, whether or not it matters to us. */
  void count() {
    events++;
  }

  /** How many events were counted. */
  long events() {
    return events;
  }

  /** Says that it holds a message of our own. */
  void beats() {
    heartbeat = true;
  }

  /** Whether it holds a message of our own. */
  boolean heartbeat() {
    return heartbeat;
  }

  /** Adds what happened to a table. */
  void add(CapturedTable table, ChangeReader reader, Struct value) {
    TableChanges changes = tables.computeIfAbsent(table.oid(), oid -> new TableChanges(table));
    if (bytes <= holding.memory() && !changes.spools()) {
      hold(changes, reader, value);
    } else if (Op.TRUNCATE.code().equals(value.get("op"))) {
      gathering.remove(changes);
      hold(changes, reader, value);
    } else {
      spool(changes, reader, value);
    }
  }

  private void hold(TableChanges changes, ChangeReader reader, Struct value) {
    Change change = reader.change(value);
    bytes += Sizes.inMemory(change);
    changes.hold(reader.table(), change);
  }

  private void spool(TableChanges changes, ChangeReader reader, Struct value) {
    if (spool == null) {
      spool = SpoolFile.create(holding.directory());
    }
    if (!gathering.contains(changes)) {
      if (gathering.size() == OPEN_CHUNKS) {
        gathering.remove(0).finish(spool);
      }
      gathering.add(changes);
    }
    changes.spool(reader, value, spool);
  }

  /**
   * Ends it.
   *
   * @param at the end of its commit record
   * @param when it committed, in microseconds since 1970 UTC
   */
  void end(long at, long when) {
    lsn = at;
    committed = when;
    gathering.forEach(changes -> changes.finish(spool));
    gathering.clear();
  }

  /** The end of its commit record; 0 while that is not known. */
  long lsn() {
    return lsn;
  }

  /** When it committed, in microseconds since 1970 UTC. */
  long committed() {
    return committed;
  }

  /** What it did, table by table, in the order in which it first touched them. */
  Collection<TableChanges> tables() {
    return tables.values();
  }

  /** What did not fit into memory; null where all did. */
  SpoolFile spool() {
    return spool;
  }

  @Override
  public void close() {
    if (spool != null) {
      spool.close();
      spool = null;
    }
  }
}
