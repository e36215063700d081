package io.distributary.sink;

import io.distributary.core.claim.ClaimException;
import io.distributary.core.claim.ClaimReader;
import io.distributary.core.claim.ClaimStore;
import io.distributary.core.claim.chunk.RowForm;
import io.distributary.core.record.Change;
import io.distributary.core.record.Part;
import io.distributary.core.relation.Table;
import io.distributary.sink.read.ClaimedRows;
import io.distributary.sink.read.Incoming;
import io.distributary.sink.write.WriteException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;

/**
 * Reads the rows that stand in a claim-check store, as a stream of small parts. The store is opened
 * when the first claim comes: a sink that gets none needs none.
 *
 * <p>Not safe for use by several threads.
 */
final class Claims implements AutoCloseable {
  private static final int PART_ROWS = 1000;

  private final Supplier<ClaimStore> opener;
  private final ClaimedRows rows = new ClaimedRows();
  private ClaimStore store;

  /**
   * Claims of a store.
   *
   * @param opener makes the store, without connecting; throws {@link ConfigException} where it is
   *     not configured
   */
  Claims(Supplier<ClaimStore> opener) {
    this.opener = opener;
  }

  /**
   * Hands out the rows behind a record's claim, part after part, in order: at most {@value
   * #PART_ROWS} rows of one table each, and never more than a chunk. The last part is marked, and
   * comes only when all chunks have proved to be what was deposited.
   *
   * @param part the part to take for the record's: its kind counts
   * @param each takes each part, and gets each of its rows as it was stored, for as long as it runs
   * @throws ClaimException when the rows cannot be had any more
   * @throws WriteException with {@link WriteException.Kind#TRANSIENT} when the store cannot be
   *     reached for now, and whatever {@code each} throws
   */
  void read(Incoming incoming, Part part, BiConsumer<Part, IntFunction<Struct>> each) {
    Long timestamp = incoming.timestamp();
    Instant deposited = timestamp == null ? null : Instant.ofEpochMilli(timestamp);
    try (ClaimReader reader =
        ClaimReader.open(store(incoming, part), part.claim(), deposited, RowForm.ARRAYS)) {
      Stream stream = new Stream(part, each);
      while (reader.hasNext()) {
        stream.add(reader.next(), reader);
      }
      stream.end();
    } catch (RetriableException e) {
      throw new WriteException(
          WriteException.Kind.TRANSIENT,
          at(incoming) + " cannot be applied for now: " + e.getMessage(),
          e);
    }
  }

  private ClaimStore store(Incoming incoming, Part part) {
    if (store == null) {
      try {
        store = opener.get();
      } catch (ConfigException e) {
        throw new ConnectException(
            "The rows of "
                + at(incoming)
                + " stand in the claim-check store '"
                + part.claim().store()
                + "' as claim "
                + part.claim().id()
                + ", to which this sink has no access ("
                + e.getMessage()
                + "). Give it the claim.* settings that the source's ClaimCheckDeposit has.",
            e);
      }
    }
    return store;
  }

  /** Names the record, for messages. */
  static String at(Incoming incoming) {
    return "the record at offset "
        + incoming.offset()
        + " of "
        + incoming.record().originalTopic()
        + "-"
        + incoming.record().originalKafkaPartition();
  }

  @Override
  public void close() {
    if (store != null) {
      store.close();
      store = null;
    }
  }

  /** Gathers rows to parts; a part is held back until it is known whether it is the last. */
  private final class Stream {
    private final Part claimed;
    private final BiConsumer<Part, IntFunction<Struct>> each;
    private List<Change> changes = new ArrayList<>(PART_ROWS);
    private final List<Object[]> stored = new ArrayList<>(PART_ROWS);
    private Object chunk;
    private Schema schema;
    private Table table;
    private long seq;

    Stream(Part claimed, BiConsumer<Part, IntFunction<Struct>> each) {
      this.claimed = claimed;
      this.each = each;
      this.table = claimed.table();
    }

    void add(Object value, ClaimReader reader) {
      boolean other = reader.origin() != chunk || reader.schema() != schema;
      if (!changes.isEmpty() && (other || changes.size() == PART_ROWS)) {
        handOut(false);
      }
      if (other) {
        chunk = reader.origin();
        schema = reader.schema();
        table = rows.table(schema, reader.origin());
      }
      Object[] row = (Object[]) value;
      changes.add(rows.change(row));
      stored.add(row);
    }

    void end() {
      handOut(claimed.last());
    }

    private void handOut(boolean last) {
      Part part = new Part(table, claimed.header(), seq++, last, changes, null);
      each.accept(part, i -> RowForm.struct(stored.get(i), schema));
      changes = new ArrayList<>(PART_ROWS);
      stored.clear();
    }
  }
}
