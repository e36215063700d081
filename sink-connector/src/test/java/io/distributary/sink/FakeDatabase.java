package io.distributary.sink;

import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import io.distributary.core.record.Part;
import io.distributary.core.record.UnitKind;
import io.distributary.sink.unit.Checkpoint;
import io.distributary.sink.write.Failure;
import io.distributary.sink.write.Target;
import io.distributary.sink.write.WriteException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;

/**
 * A database in memory that keeps a target's contract to the letter: what is not committed is not
 * there, and misuse is an error. Rows are {@code table → id → price}.
 */
final class FakeDatabase {
  private final Map<TopicPartition, Checkpoint> checkpoints = new HashMap<>();
  private final Map<TopicPartition, Object> owners = new HashMap<>();
  private final List<Map<String, Map<Long, Object>>> states = new ArrayList<>();
  private Map<String, Map<Long, Object>> rows = new TreeMap<>();
  private int failures;
  private Predicate<Change> bad = change -> false;
  private int claims;

  Target connect() {
    return new Connection();
  }

  /** The committed rows of a table. */
  Map<Long, Object> rows(String table) {
    return rows.getOrDefault(table, Map.of());
  }

  /** What each commit showed, in order. */
  List<Map<String, Map<Long, Object>>> states() {
    return states;
  }

  Checkpoint checkpoint(TopicPartition partition) {
    return checkpoints.get(partition);
  }

  void setCheckpoint(TopicPartition partition, Checkpoint checkpoint) {
    checkpoints.put(partition, checkpoint);
  }

  /** The next calls fail for a while. */
  void failNext(int calls) {
    failures = calls;
  }

  /** Such changes are refused. */
  void refuse(Predicate<Change> changes) {
    bad = changes;
  }

  int claims() {
    return claims;
  }

  private static Map<String, Map<Long, Object>> copy(Map<String, Map<Long, Object>> rows) {
    Map<String, Map<Long, Object>> copy = new TreeMap<>();
    rows.forEach((table, content) -> copy.put(table, new TreeMap<>(content)));
    return copy;
  }

  private final class Connection implements Target {
    private Map<String, Map<Long, Object>> open;
    private Map<Long, Object> loading;
    private String loadingTable;

    @Override
    public Map<TopicPartition, Checkpoint> claim(Collection<TopicPartition> partitions) {
      fail();
      claims++;
      Map<TopicPartition, Checkpoint> found = new HashMap<>();
      for (TopicPartition partition : partitions) {
        owners.put(partition, this);
        if (checkpoints.containsKey(partition)) {
          found.put(partition, checkpoints.get(partition));
        }
      }
      return found;
    }

    @Override
    public void apply(Part part) {
      fail();
      for (Change change : part.changes()) {
        if (bad.test(change)) {
          throw new WriteException(WriteException.Kind.DATA, "CHECK constraint failed", null);
        }
      }
      write(part, part.changes());
    }

    @Override
    public List<Failure> applyEach(Part part) {
      fail();
      List<Failure> failed = new ArrayList<>();
      List<Change> good = new ArrayList<>();
      for (Change change : part.changes()) {
        if (bad.test(change)) {
          failed.add(
              new Failure(
                  change,
                  new WriteException(WriteException.Kind.DATA, "CHECK constraint failed", null)));
        } else {
          good.add(change);
        }
      }
      write(part, good);
      return failed;
    }

    private void write(Part part, List<Change> changes) {
      if (open == null) {
        open = copy(rows);
      }
      String table = part.table().id().name();
      Map<Long, Object> into = open.computeIfAbsent(table, name -> new TreeMap<>());
      if (part.header().kind() == UnitKind.SNAPSHOT) {
        if (part.seq() == 0) {
          misuse(loading == null, "a snapshot begins inside a snapshot");
          loading = new TreeMap<>();
          loadingTable = table;
        }
        misuse(loading != null && table.equals(loadingTable), "a snapshot without a beginning");
        into = loading;
      }
      for (Change change : changes) {
        Long id = (Long) change.image()[0];
        if (change.op() == Op.DELETE) {
          into.remove(id);
        } else {
          into.put(id, change.image()[1]);
        }
      }
      if (part.header().kind() == UnitKind.SNAPSHOT && part.last()) {
        open.put(table, loading);
        loading = null;
      }
    }

    @Override
    public void mergeUnfinishedSnapshot() {
      misuse(loading != null, "no snapshot to merge");
      open.get(loadingTable).putAll(loading);
      loading = null;
    }

    @Override
    public void commit(Map<TopicPartition, Checkpoint> moved) {
      misuse(loading == null, "a commit while a snapshot is being loaded");
      fail();
      for (TopicPartition partition : moved.keySet()) {
        if (owners.get(partition) != this) {
          throw new WriteException(
              WriteException.Kind.FENCED, partition + " belongs to another task", null);
        }
      }
      checkpoints.putAll(moved);
      if (open != null) {
        rows = open;
        open = null;
        states.add(copy(rows));
      }
    }

    @Override
    public void rollback() {
      open = null;
      loading = null;
    }

    @Override
    public void close() {
      rollback();
    }

    private void fail() {
      if (failures > 0) {
        failures--;
        throw new WriteException(WriteException.Kind.TRANSIENT, "database is locked", null);
      }
    }

    private static void misuse(boolean right, String what) {
      if (!right) {
        throw new IllegalStateException(what);
      }
    }
  }
}
