package io.distributary.source.postgres.trigger;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Which transactions a view of the database saw, as {@code pg_current_snapshot()} tells it: all
 * that are numbered below {@code xmax}, but for those that were running.
 *
 * <p>Numbers are given when a transaction first writes and not when it commits, so neither they nor
 * a sequence tell what is new. Two horizons do: what the later saw and the earlier did not.
 *
 * @param xmin all transactions below had ended
 * @param xmax none from here on had ended
 * @param running those between that had not
 */
record Horizon(long xmin, long xmax, List<Long> running) {

  Horizon {
    running = List.copyOf(running);
  }

  /**
   * The horizon in PostgreSQL's own text: {@code 10:14:10,12}.
   *
   * @throws IllegalArgumentException for any other text
   */
  static Horizon parse(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("not a pg_snapshot: it has " + parts.length + " parts");
    }
    List<Long> running =
        parts[2].isEmpty()
            ? List.of()
            : Arrays.stream(parts[2].split(",")).map(Long::valueOf).toList();
    return new Horizon(Long.parseLong(parts[0]), Long.parseLong(parts[1]), running);
  }

  /**
   * How many transactions had ended: the LSN of what a view with this horizon reads. Each end adds
   * one, so a later view has a higher number, unless it sees the very same.
   *
   * <p>Proof: let a later horizon have the same {@code xmax}; then its running ones are some of the
   * earlier's, and as many only if they are the same. If its {@code xmax} is higher, the
   * transaction just below that has ended; so of those that were added below {@code xmax} not all
   * are running.
   */
  long lsn() {
    return xmax - running.size();
  }

  /** The condition on an {@code xid8} column for what this view did not see; an index serves it. */
  String unseen(String column) {
    return "("
        + column
        + " >= '"
        + xmax
        + "'::xid8 OR "
        + column
        + " = ANY ('"
        + array()
        + "'::xid8[]))";
  }

  private String array() {
    return running.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
  }

  /** PostgreSQL's own text. */
  @Override
  public String toString() {
    return xmin
        + ":"
        + xmax
        + ":"
        + running.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
