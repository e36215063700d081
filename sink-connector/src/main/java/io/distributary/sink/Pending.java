package io.distributary.sink;

import io.distributary.core.record.Change;
import io.distributary.core.record.Part;
import io.distributary.core.record.UnitKind;
import io.distributary.sink.read.Form;
import io.distributary.sink.read.Incoming;
import java.util.ArrayList;
import java.util.List;

/**
 * Parts that are applied at once, as one: row events come a change at a time, and are written by
 * the hundred. All belong to one table, and to one snapshot if to any.
 */
final class Pending {
  private static final int MOST = 1000;

  private final List<Incoming> records = new ArrayList<>();
  private final List<Change> changes = new ArrayList<>();
  private Part first;
  private Part last;

  boolean isEmpty() {
    return first == null;
  }

  /** Whether the part can be applied together with what is pending. */
  boolean takes(Incoming incoming, Part part) {
    if (incoming.form() == Form.BATCH || part.claim() != null || part.changes().isEmpty()) {
      return false;
    }
    if (first == null) {
      return true;
    }
    boolean sameUnit =
        part.header().kind() == UnitKind.UPDATE
            ? first.header().kind() == UnitKind.UPDATE
            : part.header().kind() == first.header().kind()
                && !last.last()
                && part.seq() > last.seq();
    return sameUnit && part.table() == first.table() && changes.size() < MOST;
  }

  void add(Incoming incoming, Part part) {
    first = first == null ? part : first;
    last = part;
    records.add(incoming);
    changes.addAll(part.changes());
  }

  /** What is pending, as one part that holds its own list of changes. */
  Part part() {
    return new Part(
        first.table(), last.header(), first.seq(), last.last(), List.copyOf(changes), null);
  }

  /** The records that were put together. */
  List<Incoming> records() {
    return List.copyOf(records);
  }

  void clear() {
    records.clear();
    changes.clear();
    first = null;
    last = null;
  }
}
