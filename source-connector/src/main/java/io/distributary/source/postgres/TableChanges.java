package io.distributary.source.postgres;

import io.distributary.core.claim.chunk.ChunkReader;
import io.distributary.core.claim.chunk.ChunkWriter;
import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import io.distributary.core.relation.Table;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.kafka.connect.data.Struct;

/**
 * What one transaction did to one table, in order: first what is in memory, then what is in the
 * transaction's spool file. Not for several threads.
 */
final class TableChanges {
  /** A chunk is read whole: it is finished at that many compressed bytes, */
  private static final int CHUNK_BYTES = 1 << 20;

  /** or rows. */
  private static final int CHUNK_ROWS = 20_000;

  private final CapturedTable source;
  private final List<Held> memory = new ArrayList<>();
  private final List<Spooled> file = new ArrayList<>();
  private ChunkWriter writer;
  private ChangeReader writing;

  /** A change and whose it is: a table may change its shape in the middle of a transaction. */
  record Held(Table table, Change change) {}

  private record Spooled(ChangeReader reader, SpoolFile.Place place) {}

  TableChanges(CapturedTable source) {
    this.source = source;
  }

  /** The table. */
  CapturedTable source() {
    return source;
  }

  /** Adds a change that stays in memory. */
  void hold(Table table, Change change) {
    if (change.op() == Op.TRUNCATE) {
      memory.clear(); // what was there before is gone
      file.clear();
      writer = null;
    }
    memory.add(new Held(table, change));
  }

  /** Whether changes are in the file, so that those that follow must go there. */
  boolean spools() {
    return writer != null || !file.isEmpty();
  }

  /** Adds a change to the file. */
  void spool(ChangeReader reader, Struct value, SpoolFile spool) {
    if (writing != reader) {
      finish(spool);
    }
    if (writer == null) {
      writing = reader;
      writer = new ChunkWriter(reader.format(), Map.of());
    }
    reader.format();
    writer.add(reader.spooled(value));
    if (writer.size() >= CHUNK_BYTES || writer.rows() >= CHUNK_ROWS) {
      finish(spool);
    }
  }

  /** Writes out what is being gathered. */
  void finish(SpoolFile spool) {
    if (writer != null) {
      file.add(new Spooled(writing, spool.append(writer.finish())));
      writer = null;
    }
  }

  /** Whether all that happened is that the table was emptied. */
  boolean onlyTruncated() {
    return !spools() && memory.size() == 1 && memory.get(0).change().op() == Op.TRUNCATE;
  }

  /** The changes, in order. */
  Iterator<Held> read(SpoolFile spool) {
    Iterator<Held> held = memory.iterator();
    Iterator<Spooled> chunks = file.iterator();
    return new Iterator<>() {
      private ChunkReader rows;
      private ChangeReader reader;

      @Override
      public boolean hasNext() {
        while (!held.hasNext() && (rows == null || !rows.hasNext()) && chunks.hasNext()) {
          Spooled chunk = chunks.next();
          reader = chunk.reader();
          rows = spool.read(chunk.place());
        }
        return held.hasNext() || (rows != null && rows.hasNext());
      }

      @Override
      public Held next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return held.hasNext()
            ? held.next()
            : new Held(reader.table(), reader.unspooled((Struct) rows.next()));
      }
    };
  }
}
