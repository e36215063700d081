package io.distributary.source.postgres;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The partitions that tables have. Changes of rows come in the name of the table; that a partition
 * is truncated, attached, detached or dropped does not come at all, so it is told by comparing two
 * looks. A value: it does not change.
 */
final class Partitions {
  static final Partitions NONE = new Partitions(List.of());

  /** By table, the files of its partitions by their oids. */
  private final SortedMap<Long, SortedMap<Long, Long>> files = new TreeMap<>();

  private final Set<Long> attached = new HashSet<>();
  private final String text;

  /**
   * A partition that holds rows.
   *
   * @param table the table's oid
   * @param oid its own
   * @param file its rows' file, which is another one after a TRUNCATE; 0 for none
   * @param attached whether it was a table of its own before, which may have had rows
   */
  record Partition(long table, long oid, long file, boolean attached) {}

  Partitions(List<Partition> partitions) {
    for (Partition partition : partitions) {
      files
          .computeIfAbsent(partition.table, none -> new TreeMap<>())
          .put(partition.oid, partition.file);
      if (partition.attached) {
        attached.add(partition.oid);
      }
    }
    text =
        files.entrySet().stream()
            .map(table -> table.getKey() + ":" + files(table.getValue()))
            .collect(Collectors.joining(" "));
  }

  private static String files(Map<Long, Long> partitions) {
    return partitions.entrySet().stream()
        .map(partition -> partition.getKey() + "=" + partition.getValue())
        .collect(Collectors.joining(","));
  }

  /** What {@link #text} has written. */
  static Partitions of(String text) {
    return new Partitions(
        Arrays.stream(text.split(" "))
            .filter(table -> !table.isEmpty())
            .flatMap(
                table -> {
                  String[] parts = table.split(":", 2);
                  return Arrays.stream(parts[1].split(","))
                      .map(file -> file.split("=", 2))
                      .map(file -> partition(parts[0], file[0], file[1]));
                })
            .toList());
  }

  private static Partition partition(String table, String oid, String file) {
    return new Partition(Long.parseLong(table), Long.parseLong(oid), Long.parseLong(file), false);
  }

  /** As text, for a bookmark: {@code 16385:16388=16388,16391=16402}. */
  String text() {
    return text;
  }

  /**
   * Why a table's rows may have become others than its changes tell.
   *
   * @param now a later look
   * @return null where they have not
   */
  String broken(long table, Partitions now) {
    SortedMap<Long, Long> then = files.get(table);
    if (then == null) {
      return null;
    }
    SortedMap<Long, Long> here = now.files.getOrDefault(table, new TreeMap<>());
    if (!here.keySet().containsAll(then.keySet())) {
      return "a partition was taken from it";
    } else if (!here.entrySet().containsAll(then.entrySet())) {
      return "a partition of it was truncated, or written anew";
    }
    boolean grown =
        here.keySet().stream()
            .anyMatch(oid -> !then.containsKey(oid) && now.attached.contains(oid));
    return grown ? "a table was attached to it" : null;
  }
}
