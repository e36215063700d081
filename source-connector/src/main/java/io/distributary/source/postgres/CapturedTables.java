package io.distributary.source.postgres;

import io.distributary.source.capture.CaptureException;
import io.distributary.source.capture.CaptureMetrics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables that are captured, and how far each is: of which the content was sent, so that its
 * changes count, and of which it is still to be read.
 *
 * <p>Changed by the capture's thread; {@link #states} and {@link #name} are for any.
 */
final class CapturedTables {
  private static final Logger LOG = LoggerFactory.getLogger(CapturedTables.class);

  private final PostgresCaptureSettings settings;
  private final Set<String> told = new HashSet<>();
  private Set<String> ready = new TreeSet<>();
  private Set<String> requested = new TreeSet<>();
  private Published published = Published.UNKNOWN;
  private String publishedText = "";
  private Partitions partitions = Partitions.NONE;
  private volatile SortedMap<String, CapturedTable> tables = new TreeMap<>();
  private Map<String, CapturedTable> signals = Map.of();
  private volatile Map<String, String> states = Map.of();
  private volatile String reading;

  CapturedTables(PostgresCaptureSettings settings) {
    this.settings = settings;
  }

  /** Goes on from a bookmark. */
  void resume(Bookmark bookmark) {
    ready = new TreeSet<>(bookmark.ready());
    requested = new TreeSet<>(bookmark.requested());
    published = Published.of(bookmark.published());
    publishedText = bookmark.published();
    partitions = Partitions.of(bookmark.partitions());
  }

  /**
   * Takes what the catalogue has now.
   *
   * @param publication what was published before, so that no change is missing, and now
   * @return whether that changed anything
   * @throws CaptureException when a table that the user named cannot be captured
   */
  boolean found(Catalogue.Selected selected, Publication.Change publication) {
    tell(selected);
    Published before = publication.before() == null ? Published.UNKNOWN : publication.before();
    SortedMap<String, CapturedTable> now = new TreeMap<>();
    Set<String> marks = new HashSet<>();
    for (CapturedTable table : selected.tables()) {
      now.put(table.toString(), table);
      marks.add(table.mark());
      if (!before.has(table.oid()) || published.wasInterrupted(table.oid(), before)) {
        ready.remove(table.mark());
      }
      if (settings.snapshots().mode() == SnapshotMode.NEVER && !requested.contains(table.mark())) {
        ready.add(table.mark());
      }
    }
    Map<String, CapturedTable> signalsNow = new HashMap<>();
    selected.signals().forEach(table -> signalsNow.put(table.toString(), table));
    ready.retainAll(marks);
    requested.retainAll(marks);
    published = publication.now().of(selected.tables().stream().map(CapturedTable::oid).toList());
    publishedText = published.text();
    compare(selected.tables(), new Partitions(selected.partitions()));
    boolean changed = !now.equals(tables) || !signalsNow.equals(signals);
    tables = now;
    signals = signalsNow;
    refresh();
    return changed;
  }

  /** What happened to partitions as a whole is in no change: the table's content tells. */
  private void compare(List<CapturedTable> present, Partitions now) {
    for (CapturedTable table : present) {
      String reason = partitions.broken(table.oid(), now);
      if (reason == null || !ready.contains(table.mark())) {
        continue;
      }
      if (settings.snapshots().mode() == SnapshotMode.NEVER) {
        LOG.warn(
            "Table {} has other rows than were sent: {}. Ask for a snapshot of it, as"
                + " snapshot=never forbids to take one.",
            table,
            reason);
      } else {
        LOG.info("Table {} is read anew: {}", table, reason);
        requested.add(table.mark());
      }
    }
    partitions = now;
  }

  private void tell(Catalogue.Selected selected) {
    if (!selected.refused().isEmpty()) {
      throw new CaptureException(String.join(". ", selected.refused()));
    }
    List<String> news = new ArrayList<>(selected.skipped());
    selected.absent().forEach(name -> news.add("There is no table " + name + " (yet)"));
    news.removeIf(line -> !told.add(line));
    news.forEach(line -> LOG.warn("Not captured: {}", line));
  }

  /** What was published at the last look. */
  Published published() {
    return published;
  }

  /** A table whose changes matter; null for one that is not. */
  CapturedTable find(String schema, String table) {
    String name = schema + "." + table;
    return table.equals(Catalogue.SIGNALS) ? signals.get(name) : tables.get(name);
  }

  /** Whether the table is one in which users ask for snapshots. */
  boolean signals(CapturedTable table) {
    return signals.containsKey(table.toString());
  }

  Collection<CapturedTable> all() {
    return tables.values();
  }

  /** Whether changes of the table count. */
  boolean counts(CapturedTable table) {
    return ready.contains(table.mark());
  }

  /** Whether there are tables whose changes count, which should not wait for others. */
  boolean anyReady() {
    return !ready.isEmpty();
  }

  /** The tables that are to be read whole. */
  List<CapturedTable> due() {
    return tables.values().stream()
        .filter(table -> !ready.contains(table.mark()) || requested.contains(table.mark()))
        .toList();
  }

  /**
   * The captured table that a user means, by its whole name or, if that is enough, without schema.
   */
  CapturedTable name(String asked) {
    SortedMap<String, CapturedTable> now = tables;
    CapturedTable table = now.get(asked);
    if (table != null) {
      return table;
    }
    List<CapturedTable> named =
        now.values().stream()
            .filter(t -> t.id().name().equals(asked) || t.toString().equalsIgnoreCase(asked))
            .toList();
    return named.size() == 1 ? named.get(0) : null;
  }

  /** Notes that a snapshot of a table is asked for. */
  void request(CapturedTable table) {
    if (ready.contains(table.mark())) {
      requested.add(table.mark());
    }
    refresh();
  }

  /** Notes that a table's content is being sent; null for none. */
  void reading(String table) {
    reading = table;
    refresh();
  }

  /** Notes that a table's content was sent. */
  void sent(CapturedTable table) {
    ready.add(table.mark());
    requested.remove(table.mark());
    reading = null;
    refresh();
  }

  /** The bookmark with what is ready and requested now. */
  Bookmark in(Bookmark bookmark) {
    return bookmark.tables(ready, requested, publishedText, partitions.text());
  }

  private void refresh() {
    Map<String, String> now = new HashMap<>();
    tables.forEach(
        (name, table) ->
            now.put(
                name,
                name.equals(reading)
                    ? CaptureMetrics.SNAPSHOT
                    : ready.contains(table.mark()) && !requested.contains(table.mark())
                        ? CaptureMetrics.READY
                        : CaptureMetrics.WAITING));
    states = now;
  }

  /** The captured tables with their states. */
  Map<String, String> states() {
    return states;
  }
}
