package io.distributary.source.postgres;

import java.util.Arrays;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What is published, and by what marks of the server's catalogue: where they are the same at two
 * times, it was so all the time between, and no change is missing. A value: it does not change.
 *
 * @param publication the publication's own mark; empty where it is not known
 * @param tables the marks of tables, by their oid
 */
record Published(String publication, SortedMap<Long, String> tables) {
  /** Of which nothing is known. */
  static final Published UNKNOWN = new Published("", new TreeMap<>());

  /** What {@link #text} has written. */
  static Published of(String text) {
    String[] parts = text.split(" ");
    SortedMap<Long, String> tables = new TreeMap<>();
    Arrays.stream(parts)
        .skip(1)
        .map(part -> part.split("=", 2))
        .forEach(part -> tables.put(Long.valueOf(part[0]), part[1]));
    return new Published(parts[0], tables);
  }

  /** As text, for a bookmark: {@code 16390 16385=742.16391 16388=742.16392}. */
  String text() {
    return tables.entrySet().stream()
        .map(table -> " " + table.getKey() + "=" + table.getValue())
        .collect(Collectors.joining("", publication, ""));
  }

  /** The same of some tables only. */
  Published of(Collection<Long> some) {
    SortedMap<Long, String> kept = new TreeMap<>(tables);
    kept.keySet().retainAll(some);
    return new Published(publication, kept);
  }

  boolean has(long table) {
    return tables.containsKey(table);
  }

  /** Whether another publication has taken the name since. */
  boolean wasReplacedBy(Published now) {
    return !publication.isEmpty() && !publication.equals(now.publication);
  }

  /** Whether a table may have been unpublished, or published otherwise, since. */
  boolean wasInterrupted(long table, Published now) {
    String mark = tables.get(table);
    return mark != null && !mark.equals(now.tables.get(table));
  }
}
