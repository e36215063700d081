package io.distributary.sink;

import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import io.distributary.core.record.Position;
import io.distributary.core.record.Provenance;
import io.distributary.core.record.RowWriter;
import io.distributary.core.record.TableSchemas;
import io.distributary.core.record.UnitHeader;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Column;
import io.distributary.core.relation.Table;
import io.distributary.core.relation.TableId;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/** A partition of a topic, as a Distributary source writes it. */
public final class SourceTopic {
  public static final Table PRICES =
      new Table(
          new TableId("main", null, "prices"),
          List.of(
              new Column("id", Schema.OPTIONAL_INT64_SCHEMA, "INTEGER"),
              new Column("price", Schema.OPTIONAL_INT64_SCHEMA, "INTEGER")),
          0);

  private final String topic;
  private final RowWriter writer;
  private final List<SinkRecord> records = new ArrayList<>();
  private final long clock;
  private long next;

  public SourceTopic(String topic) {
    this(topic, PRICES, 1_000_000);
  }

  /** A topic whose record at offset n has the timestamp {@code clock + n}. */
  public SourceTopic(String topic, Table table, long clock) {
    this.topic = topic;
    this.clock = clock;
    this.writer =
        new RowWriter(new TableSchemas(topic, table, false), new Provenance("1", "sqlite", "shop"));
  }

  public static UnitHeader update(String epoch, long lsn) {
    return new UnitHeader(UnitKind.UPDATE, new Position(epoch, lsn), 5, null);
  }

  public static UnitHeader snapshot(String epoch, long lsn) {
    return new UnitHeader(UnitKind.SNAPSHOT, new Position(epoch, lsn), 5, null);
  }

  public static Change set(long id, long price) {
    return Change.present(Op.UPDATE, new Object[] {id, price});
  }

  public static Change read(long id, long price) {
    return Change.present(Op.READ, new Object[] {id, price});
  }

  public static Change delete(long id) {
    return Change.deleted(new Object[] {id, null});
  }

  /** All records so far. */
  public List<SinkRecord> records() {
    return List.copyOf(records);
  }

  /** The last records. */
  public List<SinkRecord> last(int count) {
    return records.subList(records.size() - count, records.size());
  }

  /** Offsets without records: a transaction's marker, or an aborted one. */
  public SourceTopic gap(int offsets) {
    next += offsets;
    return this;
  }

  /** A part of a unit, as a batch. */
  public SourceTopic part(UnitHeader header, int part, boolean last, Change... changes) {
    Struct value = writer.batch(List.of(changes), header, part, last, part, 0);
    return add(Schema.STRING_SCHEMA, "prices", writer.schemas().batch(), value);
  }

  /** A whole unit in one batch. */
  public SourceTopic batch(UnitHeader header, Change... changes) {
    return part(header, 0, true, changes);
  }

  /** One change of a unit, in its envelope. */
  public SourceTopic row(UnitHeader header, long seq, boolean last, Change change) {
    Struct value = writer.envelope(change, header, seq, last, seq, 0);
    return add(writer.schemas().key(), writer.key(change), writer.schemas().envelope(), value);
  }

  /** A whole unit as row events, each delete with its tombstone. */
  public SourceTopic rows(UnitHeader header, Change... changes) {
    for (int i = 0; i < changes.length; i++) {
      row(header, i, i == changes.length - 1, changes[i]);
      if (changes[i].op() == Op.DELETE) {
        tombstone((Long) changes[i].image()[0]);
      }
    }
    return this;
  }

  public SourceTopic tombstone(long id) {
    return add(writer.schemas().key(), writer.key(delete(id)), null, null);
  }

  /** Any record. */
  public SourceTopic add(Schema keySchema, Object key, Schema schema, Object value) {
    records.add(
        new SinkRecord(
            topic,
            0,
            keySchema,
            key,
            schema,
            value,
            next,
            clock + next,
            TimestampType.CREATE_TIME));
    next++;
    return this;
  }
}
