package io.distributary.sink.read;

import io.distributary.core.record.Change;
import io.distributary.core.relation.Table;
import java.util.Arrays;
import java.util.Objects;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;

/** Reads keys without a value: the row of that key is gone. */
final class TombstoneReader implements Reader {
  private final Tables tables = new Tables();
  private final Keys keys = new Keys();
  private final TableNames names;

  TombstoneReader(TableNames names) {
    this.names = names;
  }

  @Override
  public boolean endsUnit(SinkRecord record) {
    return true;
  }

  @Override
  public Incoming read(SinkRecord record) {
    Rows key = keys.of(record.key());
    if (key.fields().isEmpty()) {
      throw new DataException(
          "a record without a value needs a struct or a map as its key, whose fields name the"
              + " key's columns (the transform HoistField$Key makes one), but its key is "
              + (record.key() == null ? "null" : "a " + record.key().getClass().getSimpleName()));
    }
    Object[] row = key.values(record.key());
    if (Arrays.stream(row).anyMatch(Objects::isNull)) {
      // Null, or a value that does not fit the key's schema: either way no telling which row.
      return new Incoming(record, null, Form.TOMBSTONE);
    }
    Table table = tables.table(names.of(record), key, key.fields());
    return Singles.of(record, table, Change.deleted(row), Form.TOMBSTONE);
  }
}
