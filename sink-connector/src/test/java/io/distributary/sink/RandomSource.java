package io.distributary.sink;

import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import io.distributary.core.record.UnitHeader;
import io.distributary.core.record.UnitKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * A source with a random history of one table, which now and then dies inside a unit and sends some
 * units again. Knows the table's content after each unit.
 */
final class RandomSource {

  private record Unit(UnitHeader header, List<Change> changes) {}

  private final Random random;
  private final SourceTopic topic;
  private final boolean rows;
  private final boolean epochs;
  private final List<Unit> units = new ArrayList<>();
  private final List<Map<Long, Object>> states = new ArrayList<>();
  private Map<Long, Object> content = new TreeMap<>();
  private String epoch = "e0";

  RandomSource(Random random, String name, int length) {
    this(random, name, length, random.nextBoolean(), true);
  }

  RandomSource(Random random, String name, int length, boolean rows, boolean epochs) {
    this.random = random;
    this.topic = new SourceTopic(name);
    this.rows = rows;
    this.epochs = epochs;
    states.add(Map.of());
    for (int lsn = 1; lsn <= length; lsn++) {
      history(lsn);
      if (random.nextInt(6) == 0) {
        dieAndSendAgain();
      }
      send(units.get(units.size() - 1), Integer.MAX_VALUE);
    }
  }

  List<SinkRecord> records() {
    return topic.records();
  }

  /** The table's content after each unit, and before the first. */
  List<Map<Long, Object>> states() {
    return states;
  }

  Map<Long, Object> last() {
    return content;
  }

  private void history(int lsn) {
    boolean newEpoch = epochs && lsn > 1 && random.nextInt(12) == 0;
    if (newEpoch) {
      epoch = "e" + lsn;
      content = new TreeMap<>(content);
      content.keySet().removeIf(id -> random.nextBoolean());
    }
    if (newEpoch || random.nextInt(8) == 0) {
      List<Change> all = new ArrayList<>();
      content.forEach((id, price) -> all.add(SourceTopic.read(id, (Long) price)));
      if (all.isEmpty()) {
        all.add(SourceTopic.read(0, 0));
        content = new TreeMap<>(Map.of(0L, 0L));
      }
      add(UnitKind.SNAPSHOT, lsn, all);
      return;
    }
    content = new TreeMap<>(content);
    List<Change> changes = new ArrayList<>();
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      long id = random.nextInt(12);
      if (content.containsKey(id) && random.nextInt(3) == 0) {
        content.remove(id);
        changes.add(SourceTopic.delete(id));
      } else {
        content.put(id, (long) lsn);
        changes.add(SourceTopic.set(id, lsn));
      }
    }
    add(UnitKind.UPDATE, lsn, changes);
  }

  private void add(UnitKind kind, int lsn, List<Change> changes) {
    UnitHeader header =
        kind == UnitKind.SNAPSHOT
            ? SourceTopic.snapshot(epoch, lsn)
            : SourceTopic.update(epoch, lsn);
    units.add(new Unit(header, changes));
    states.add(content);
  }

  private void dieAndSendAgain() {
    Unit last = units.get(units.size() - 1);
    send(last, random.nextInt(last.changes.size() + 1));
    for (int i = Math.max(0, units.size() - 1 - random.nextInt(4)); i < units.size() - 1; i++) {
      if (units.get(i).header.position().epoch().equals(epoch)) {
        send(units.get(i), Integer.MAX_VALUE);
      }
    }
  }

  /** Sends so many changes of a unit; all of them with its end. */
  private void send(Unit unit, int most) {
    int size = 1 + random.nextInt(3);
    int part = 0;
    List<Change> changes = unit.changes;
    for (int from = 0; from < changes.size() && from < most; from += size) {
      int to = Math.min(from + size, changes.size());
      boolean last = to == changes.size() && most == Integer.MAX_VALUE;
      if (rows) {
        sendRows(unit, from, to, last);
      } else {
        topic.part(unit.header, part, last, changes.subList(from, to).toArray(Change[]::new));
      }
      part++;
      topic.gap(random.nextInt(8) == 0 ? 1 : 0);
    }
  }

  private void sendRows(Unit unit, int from, int to, boolean last) {
    for (int i = from; i < to; i++) {
      Change change = unit.changes.get(i);
      topic.row(unit.header, i, last && i == to - 1, change);
      if (change.op() == Op.DELETE) {
        topic.tombstone((Long) change.image()[0]);
      }
    }
  }
}
