package io.distributary.sink.read;

import java.util.HashMap;
import java.util.Map;

/** Finds the joined shape of two blocks: the same instance for the same two shapes. */
final class Joins {
  private static final int KEPT = 1000;

  private record Pair(Rows first, Rows second) {}

  private final Map<Pair, JoinedRows> joins = new HashMap<>();

  JoinedRows of(Rows first, Rows second) {
    if (joins.size() > KEPT) {
      joins.clear();
    }
    return joins.computeIfAbsent(
        new Pair(first, second), pair -> new JoinedRows(pair.first, pair.second));
  }
}
