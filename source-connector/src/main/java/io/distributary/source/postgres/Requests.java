package io.distributary.source.postgres;

import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests for snapshots, from when they are made until Kafka has what they led to.
 *
 * <p>{@link #ask}, {@link #notDurable} are for any thread, the rest for the capture's.
 */
final class Requests {
  private static final Logger LOG = LoggerFactory.getLogger(Requests.class);

  /** Stands for all captured tables. */
  private static final String ALL = "*";

  private final Queue<String> asked = new ConcurrentLinkedQueue<>();
  private final Map<String, Optional<Bookmark>> open = new ConcurrentHashMap<>();

  /** Takes a request. */
  void ask(String table) {
    if (!asked.contains(table)) {
      asked.add(table);
    }
  }

  /** Makes requests a matter of the tables. */
  void pass(CapturedTables tables) {
    for (String table = asked.peek(); table != null; table = asked.peek()) {
      if (table.equals(ALL)) {
        tables.all().forEach(each -> pass(each, tables));
      } else if (tables.name(table) == null) {
        LOG.warn("A snapshot was asked for of {}, which is not captured", table);
      } else {
        pass(tables.name(table), tables);
      }
      asked.remove();
    }
  }

  private void pass(CapturedTable table, CapturedTables tables) {
    LOG.info("A snapshot of table {} was asked for", table);
    open.put(table.mark(), Optional.empty());
    tables.request(table);
  }

  /** Notes that a table was read whole, and the bookmark that says so. */
  void answered(CapturedTable table, Bookmark bookmark) {
    open.computeIfPresent(table.mark(), (mark, before) -> Optional.of(bookmark));
  }

  /** Notes which bookmark is durable. */
  void stored(Bookmark bookmark) {
    open.entrySet()
        .removeIf(
            request ->
                bookmark.requested().contains(request.getKey())
                    || request
                        .getValue()
                        .filter(end -> bookmark.lsn() > end.lsn() || bookmark.equals(end))
                        .isPresent());
  }

  /** How many would be forgotten by a restart. */
  int notDurable() {
    return asked.size() + open.size();
  }
}
