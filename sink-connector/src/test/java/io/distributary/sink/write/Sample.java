package io.distributary.sink.write;

import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import io.distributary.core.record.Part;
import io.distributary.core.record.Position;
import io.distributary.core.record.UnitHeader;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Column;
import io.distributary.core.relation.SqliteTypes;
import io.distributary.core.relation.Table;
import io.distributary.core.relation.TableId;
import io.distributary.sink.unit.Checkpoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Tables, changes and parts for tests, in few words. */
final class Sample {
  static final String EPOCH = "e1";
  static final TopicPartition PARTITION = new TopicPartition("shop.items", 0);

  private Sample() {}

  /** A table of columns given as {@code name TYPE}; a star marks the key's columns. */
  static Table table(String name, String... columns) {
    List<Column> all = new ArrayList<>();
    List<Integer> key = new ArrayList<>();
    for (String column : columns) {
      boolean isKey = column.startsWith("*");
      String text = isKey ? column.substring(1) : column;
      int space = text.lastIndexOf(' ');
      String type = space < 0 ? "" : text.substring(space + 1);
      if (isKey) {
        key.add(all.size());
      }
      all.add(
          new Column(space < 0 ? text : text.substring(0, space), SqliteTypes.schema(type), type));
    }
    return new Table(
        new TableId("shop", null, name), all, key.stream().mapToInt(Integer::intValue).toArray());
  }

  static Object[] row(Object... values) {
    return values;
  }

  static Change up(Object... values) {
    return Change.present(Op.UPDATE, values);
  }

  static Change gone(Object... values) {
    return Change.deleted(values);
  }

  static Change truncated() {
    return new Change(Op.TRUNCATE, null, null);
  }

  static Part part(
      UnitKind kind, Table table, long lsn, long seq, boolean last, Change... changes) {
    UnitHeader header = new UnitHeader(kind, new Position(EPOCH, lsn), 1_700_000_000_000L, null);
    return new Part(table, header, seq, last, Arrays.asList(changes), null);
  }

  /** A whole unit of changes. */
  static Part update(Table table, Change... changes) {
    return part(UnitKind.UPDATE, table, 1, 0, true, changes);
  }

  /** A whole snapshot. */
  static Part snapshot(Table table, Object[]... rows) {
    return snapshot(table, 0, true, rows);
  }

  static Part snapshot(Table table, long seq, boolean last, Object[]... rows) {
    Change[] changes =
        Arrays.stream(rows).map(row -> Change.present(Op.READ, row)).toArray(Change[]::new);
    return part(UnitKind.SNAPSHOT, table, 1, seq, last, changes);
  }

  static Map<TopicPartition, Checkpoint> at(long offset) {
    return Map.of(PARTITION, new Checkpoint(offset, new Position(EPOCH, offset), 5L));
  }
}
