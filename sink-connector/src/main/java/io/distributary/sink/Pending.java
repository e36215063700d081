package io.distributary.sink;

import io.distributary.core.record.Change;
import io.distributary.core.record.Part;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.TableId;
import io.distributary.sink.read.Form;
import io.distributary.sink.read.Incoming;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Parts that are applied at once, as one for each table: row events come a change at a time, and
 * small transactions a few, but they are written by the hundred. Units that share a commit are one
 * unit to those who read the target, and changes are states, so only the order of each table's
 * changes matters; and that of the tables within a unit, which is that of their foreign keys.
 */
final class Pending {
  private static final int MOST = 5_000;

  private final Map<TableId, Group> groups = new LinkedHashMap<>();
  private Part last;
  private int changes;

  /**
   * What is to be applied together.
   *
   * @param part all of it
   * @param records those that it was read from
   * @param parts what each of the records held
   */
  record Ready(Part part, List<Incoming> records, List<Part> parts) {}

  /** What is pending of one table. */
  private static final class Group {
    private final int order;
    private final List<Incoming> records = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();

    Group(int order) {
      this.order = order;
    }

    /** All of it as one part that holds its own list of changes. */
    Ready ready(boolean ends) {
      Part first = parts.get(0);
      Part end = parts.get(parts.size() - 1);
      if (parts.size() == 1 && first.last() == ends) {
        return new Ready(first, List.copyOf(records), List.copyOf(parts));
      }
      List<Change> all = new ArrayList<>();
      parts.forEach(part -> all.addAll(part.changes()));
      Part part = new Part(first.table(), end.header(), first.seq(), ends, all, null);
      return new Ready(part, List.copyOf(records), List.copyOf(parts));
    }
  }

  /** Whether the part can be applied together with what is pending. */
  boolean takes(Incoming incoming, Part part) {
    if (part.claim() != null || part.changes().isEmpty()) {
      return false;
    }
    if (last == null) {
      return true;
    }
    if (changes + part.changes().size() > MOST || part.header().kind() != last.header().kind()) {
      return false;
    }
    return part.header().kind() == UnitKind.UPDATE ? inOrder(part) : ofSnapshot(incoming, part);
  }

  /** Whether the table comes as late in its unit as in the others. */
  private boolean inOrder(Part part) {
    Group group = groups.get(part.table().id());
    boolean alone = groups.size() == 1 && group != null;
    if (!alone && holdsUntouched(part)) {
      return false;
    }
    if (group == null) {
      return true;
    }
    boolean ordered = last.last() || group.order >= groups.get(last.table().id()).order;
    return ordered && group.parts.get(0).table() == part.table();
  }

  /**
   * Whether a row is stated only in part. What another table's changes do to such a row (a foreign
   * key of the target that deletes along) must be as it was, since no later state makes up for it.
   */
  private static boolean holdsUntouched(Part part) {
    for (Change change : part.changes()) {
      if (change.after() != null) {
        for (Object value : change.after()) {
          if (value == Change.UNTOUCHED) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** Whether it goes on with the rows of the same snapshot; the parts of batches are large. */
  private boolean ofSnapshot(Incoming incoming, Part part) {
    return incoming.form() != Form.BATCH
        && part.table() == last.table()
        && !last.last()
        && part.seq() > last.seq();
  }

  void add(Incoming incoming, Part part) {
    Group group = groups.computeIfAbsent(part.table().id(), id -> new Group(groups.size()));
    group.records.add(incoming);
    group.parts.add(part);
    changes += part.changes().size();
    last = part;
  }

  /** What is pending, in the order in which it is to be applied. */
  List<Ready> ready() {
    List<Ready> ready = new ArrayList<>(groups.size());
    Iterator<Group> each = groups.values().iterator();
    while (each.hasNext()) {
      Group group = each.next();
      ready.add(group.ready(!each.hasNext() && last.last()));
    }
    return ready;
  }

  void clear() {
    groups.clear();
    changes = 0;
    last = null;
  }
}
