package io.distributary.source.emit;

import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import io.distributary.core.record.Position;
import io.distributary.core.record.RowWriter;
import io.distributary.core.record.TableSchemas;
import io.distributary.core.record.UnitHeader;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Table;
import io.distributary.core.relation.TableId;
import io.distributary.source.capture.Slice;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Turns slices into Kafka Connect's records: topics, keys, schemas, offsets.
 *
 * <p>Only the very last record of a source transaction, over all its topics, carries the offset to
 * resume after it; all before it carry the one of the transaction before. So a crash anywhere reads
 * whole transactions again.
 *
 * <p>Not safe for use by several threads.
 */
public final class Emitter {
  /** The offset of records before which nothing was ever sent completely. */
  private static final Map<String, Object> BEGINNING = Map.of("state", "beginning");

  private static final Schema POSITION =
      SchemaBuilder.struct()
          .name("io.distributary.Position")
          .field("epoch", Schema.STRING_SCHEMA)
          .field("lsn", Schema.INT64_SCHEMA)
          .field("ts_ms", Schema.INT64_SCHEMA)
          .build();

  private final EmitSettings settings;
  private final Topics topics;
  private final Map<String, String> partition;
  private final Map<TableId, Destination> destinations = new HashMap<>();
  private final Map<String, Long> sequences = new HashMap<>();
  private long order;
  private Map<String, ?> offset;

  /**
   * An emitter that goes on after a bookmark.
   *
   * @param bookmark what the capture resumes after; null for a first start
   */
  public Emitter(EmitSettings settings, Map<String, ?> bookmark) {
    this.settings = settings;
    this.topics = new Topics(settings.prefix(), settings.layout());
    this.partition = partition(settings.prefix());
    this.offset = bookmark == null ? BEGINNING : bookmark;
  }

  /** The source partition of a connector with that prefix. */
  public static Map<String, String> partition(String prefix) {
    return Map.of("source", prefix);
  }

  /** The bookmark in a stored offset; null where there is none. */
  public static Map<String, Object> bookmark(Map<String, Object> stored) {
    return stored == null || isBeginning(stored) ? null : stored;
  }

  /** Whether an offset says that nothing was ever sent completely. */
  public static boolean isBeginning(Map<String, ?> offset) {
    return offset.equals(BEGINNING);
  }

  /** The slice's records, in order. Empty only where a slice without changes says nothing. */
  public List<SourceRecord> emit(Slice slice) {
    if (slice.table() == null) {
      return position(slice);
    }
    Destination destination = destination(slice.table());
    long now = System.currentTimeMillis();
    List<SourceRecord> records =
        settings.events() == Events.TRANSACTION
            ? batch(slice, destination, now)
            : rows(slice, destination, now);
    if (endsUnit(slice)) {
      sequences.remove(destination.topic);
    }
    if (slice.endOfTransaction()) {
      endTransaction(slice.bookmark(), records);
    }
    return records;
  }

  /** A record that only carries an offset on: Connect stores those of records alone. */
  private List<SourceRecord> position(Slice slice) {
    offset = slice.bookmark();
    List<SourceRecord> records = new ArrayList<>(1);
    records.add(
        new SourceRecord(
            partition,
            offset,
            topics.positions(),
            0,
            Schema.STRING_SCHEMA,
            settings.prefix(),
            POSITION,
            new Struct(POSITION)
                .put("epoch", slice.header().position().epoch())
                .put("lsn", slice.header().position().lsn())
                .put("ts_ms", slice.header().timestamp())));
    return records;
  }

  /**
   * Refuses tables that could not be told apart in Kafka, before anything is sent.
   *
   * @throws ConnectException that names the tables and says what to do
   */
  public static void requireDistinct(EmitSettings settings, Collection<String> tables) {
    Topics topics = new Topics(settings.prefix(), settings.layout());
    tables.forEach(table -> topics.topic(new TableId(null, null, table)));
  }

  private Destination destination(Table table) {
    Destination known = destinations.get(table.id());
    if (known == null || known.table != table) {
      known = new Destination(settings, topics, table);
      destinations.put(table.id(), known);
    }
    return known;
  }

  private void endTransaction(Map<String, Object> bookmark, List<SourceRecord> records) {
    offset = bookmark;
    sequences.clear();
    order = 0;
    if (!records.isEmpty()) {
      int last = records.size() - 1;
      records.set(last, withOffset(records.get(last), bookmark));
    }
  }

  private List<SourceRecord> batch(Slice slice, Destination destination, long now) {
    long part = sequences.merge(destination.topic, 1L, Long::sum) - 1;
    boolean last = endsUnit(slice);
    Object value =
        destination.writer.batch(
            slice.changes(), slice.header(), Math.toIntExact(part), last, order++, now);
    List<SourceRecord> records = new ArrayList<>(1);
    records.add(
        record(
            destination,
            Schema.STRING_SCHEMA,
            slice.table().id().name(),
            destination.writer.schemas().batch(),
            value));
    return records;
  }

  private List<SourceRecord> rows(Slice slice, Destination destination, long now) {
    boolean spread = settings.ordering() == Ordering.KEY;
    if (slice.changes().isEmpty()) {
      return spread ? new ArrayList<>() : emptied(slice, destination, now);
    }
    boolean endsUnit = endsUnit(slice);
    UnitHeader header = spread ? single(slice.header()) : slice.header();
    TableSchemas schemas = destination.writer.schemas();
    List<SourceRecord> records = new ArrayList<>(slice.changes().size() + 1);
    long seq = sequences.getOrDefault(destination.topic, 0L);
    int left = slice.changes().size();
    for (Change change : slice.changes()) {
      boolean last = spread || (endsUnit && --left == 0);
      Object key = destination.writer.key(change);
      Object value = destination.writer.envelope(change, header, seq++, last, order++, now);
      records.add(record(destination, schemas.key(), key, schemas.envelope(), value));
      if (change.op() == Op.DELETE) {
        records.add(record(destination, schemas.key(), key, null, null));
      }
    }
    sequences.put(destination.topic, seq);
    return records;
  }

  /** A snapshot without rows is a truncation: the one row event that speaks of no row. */
  private List<SourceRecord> emptied(Slice slice, Destination destination, long now) {
    long seq = sequences.merge(destination.topic, 1L, Long::sum) - 1;
    Change truncate = new Change(Op.TRUNCATE, null, null);
    Object value =
        destination.writer.envelope(truncate, slice.header(), seq, endsUnit(slice), order++, now);
    TableSchemas schemas = destination.writer.schemas();
    List<SourceRecord> records = new ArrayList<>(1);
    // A compacted topic takes no record without a key.
    Object key = destination.writer.key(truncate);
    records.add(record(destination, schemas.key(), key, schemas.envelope(), value));
    return records;
  }

  /**
   * The header of a row that is a unit of its own: never a whole table's snapshot, and without an
   * epoch. Rows in different partitions have no common history to compare, and of a new epoch a
   * partition may never see a snapshot's row; so it is Kafka's offset that orders them.
   */
  private static UnitHeader single(UnitHeader header) {
    return new UnitHeader(
        UnitKind.UPDATE,
        new Position("", header.position().lsn()),
        header.timestamp(),
        header.transactionId());
  }

  /** A snapshot is a unit per table; changes are one per topic. */
  private boolean endsUnit(Slice slice) {
    boolean unitOfAllTables =
        settings.layout() == TopicLayout.SOURCE && slice.header().kind() == UnitKind.UPDATE;
    return unitOfAllTables ? slice.endOfTransaction() : slice.endOfTable();
  }

  private SourceRecord record(
      Destination destination, Schema keySchema, Object key, Schema valueSchema, Object value) {
    return new SourceRecord(
        partition,
        offset,
        destination.topic,
        destination.kafkaPartition,
        keySchema,
        key,
        valueSchema,
        value);
  }

  private static SourceRecord withOffset(SourceRecord record, Map<String, Object> bookmark) {
    return new SourceRecord(
        record.sourcePartition(),
        bookmark,
        record.topic(),
        record.kafkaPartition(),
        record.keySchema(),
        record.key(),
        record.valueSchema(),
        record.value());
  }

  /** Where a table's records go and who writes them; made once per shape of the table. */
  private static final class Destination {
    private final Table table;
    private final String topic;
    private final Integer kafkaPartition;
    private final RowWriter writer;

    Destination(EmitSettings settings, Topics topics, Table table) {
      this.table = table;
      topic = topics.topic(table.id());
      // Partition 0 whatever the topic has: one partition is what keeps the order.
      kafkaPartition = settings.ordering() == Ordering.KEY ? null : 0;
      boolean tableInKey = settings.layout() == TopicLayout.SOURCE;
      writer =
          new RowWriter(
              new TableSchemas(topics.namespace(table.id()), table, tableInKey),
              settings.provenance());
    }
  }
}
