package io.distributary.core.record;

import static io.distributary.core.record.Tables.PROVENANCE;
import static io.distributary.core.record.Tables.UPDATE;
import static io.distributary.core.record.Tables.column;
import static io.distributary.core.record.Tables.prices;
import static io.distributary.core.record.Tables.writer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.core.relation.Table;
import io.distributary.core.relation.TableId;
import java.math.BigDecimal;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.junit.jupiter.api.Test;

class RowWriterTest {
  private final Table table =
      prices(
          column("id", Schema.OPTIONAL_INT64_SCHEMA),
          column("name", Schema.OPTIONAL_STRING_SCHEMA));
  private final RowWriter writer = writer(table);

  @Test
  void anEnvelopeIsWhatDebeziumsReadersExpect() {
    Struct envelope =
        writer.envelope(Change.present(Op.CREATE, row(1L, "pen")), UPDATE, 2, true, 5, 99);
    assertThat(envelope.getString("op")).isEqualTo("c");
    assertThat(envelope.get("before")).isNull();
    assertThat(envelope.getStruct("after").get("name")).isEqualTo("pen");
    assertThat(envelope.getInt64("ts_ms")).isEqualTo(99);
    Struct source = envelope.getStruct("source");
    assertThat(source.get("version")).isEqualTo("1.0");
    assertThat(source.get("connector")).isEqualTo("sqlite");
    assertThat(source.get("name")).isEqualTo("shop");
    assertThat(source.get("ts_ms")).isEqualTo(1_000L);
    assertThat(source.get("snapshot")).isEqualTo("false");
    assertThat(source.get("db")).isEqualTo("shop.db");
    assertThat(source.get("schema")).isNull();
    assertThat(source.get("table")).isEqualTo("prices");
    assertThat(source.get("txId")).isEqualTo(42L);
    assertThat(source.get("lsn")).isEqualTo(7L);
    Struct transaction = envelope.getStruct("transaction");
    assertThat(transaction.get("id")).isEqualTo("e1:7");
    assertThat(transaction.get("total_order")).isEqualTo(6L);
    assertThat(transaction.get("data_collection_order")).isEqualTo(3L);
  }

  @Test
  void theSourceBlockSaysWhereInItsUnitAChangeIs() {
    Struct source =
        writer
            .envelope(Change.present(Op.UPDATE, row(1L, "pen")), UPDATE, 3, false, 0, 0)
            .getStruct("source");
    assertThat(source.get("epoch")).isEqualTo("e1");
    assertThat(source.get("seq")).isEqualTo(3L);
    assertThat(source.get("last")).isEqualTo(false);
  }

  @Test
  void everyRecordNamesItsOwnTransaction() {
    Change change = Change.present(Op.UPDATE, row(1L, "pen"));
    UnitHeader next = new UnitHeader(UnitKind.SNAPSHOT, new Position("e1", 8), 0, null);
    writer.envelope(change, UPDATE, 0, true, 0, 0);
    Struct envelope = writer.envelope(change, next, 0, true, 0, 0);
    assertThat(envelope.getStruct("transaction").get("id")).isEqualTo("e1:8");
    assertThat(envelope.getStruct("source").get("snapshot")).isEqualTo("true");
    assertThat(envelope.getStruct("source").get("txId")).isNull();
  }

  @Test
  void aDeleteKeepsTheKeyOfTheRow() {
    Change delete = Change.deleted(row(1L, null));
    assertThat(writer.key(delete).get("id")).isEqualTo(1L);
    Struct envelope = writer.envelope(delete, UPDATE, 0, true, 0, 0);
    assertThat(envelope.getString("op")).isEqualTo("d");
    assertThat(envelope.getStruct("before").get("id")).isEqualTo(1L);
    assertThat(envelope.get("after")).isNull();
  }

  @Test
  void aTruncationSpeaksOfNoRow() {
    Change truncate = new Change(Op.TRUNCATE, null, null);
    Struct envelope = writer.envelope(truncate, UPDATE, 0, true, 0, 0);
    assertThat(envelope.getString("op")).isEqualTo("t");
    assertThat(envelope.get("before")).isNull();
    assertThat(envelope.get("after")).isNull();
    assertThat(writer.key(truncate).get("id")).isNull();
  }

  @Test
  void theKeyNamesItsTableWhereATopicHoldsSeveral() {
    RowWriter shared = new RowWriter(new TableSchemas("shop.prices", table, true), PROVENANCE);
    Struct key = shared.key(Change.present(Op.CREATE, row(1L, "pen")));
    assertThat(key.get(TableSchemas.TABLE_FIELD)).isEqualTo("prices");
    assertThat(key.get("id")).isEqualTo(1L);
    assertThat(batch(shared, row(1L, "pen")).<String>getArray("key")).containsExactly("id");
  }

  @Test
  void aBatchHoldsAPartOfAUnit() {
    List<Change> changes =
        List.of(Change.present(Op.CREATE, row(1L, "pen")), Change.deleted(row(2L, null)));
    Struct batch = writer.batch(changes, UPDATE, 4, true, 9, 99);
    assertThat(batch.get("kind")).isEqualTo("update");
    assertThat(batch.get("part")).isEqualTo(4);
    assertThat(batch.get("last")).isEqualTo(true);
    assertThat(batch.get("row_count")).isEqualTo(2);
    assertThat(batch.getStruct("source").get("seq")).isEqualTo(4L);
    assertThat(batch.<String>getArray("key")).containsExactly("id");
    assertThat(batch.<Struct>getArray("rows"))
        .extracting(row -> row.get("op"))
        .containsExactly("c", "d");
    assertThat(batch.get("claim")).isNull();
  }

  @Test
  void aBatchOfAnEmptySnapshotHasNoRows() {
    UnitHeader snapshot = new UnitHeader(UnitKind.SNAPSHOT, new Position("e1", 8), 0, null);
    Struct batch = writer.batch(List.of(), snapshot, 0, true, 0, 0);
    assertThat(batch.get("kind")).isEqualTo("snapshot");
    assertThat(batch.get("row_count")).isEqualTo(0);
    assertThat(batch.getArray("rows")).isEmpty();
  }

  @Test
  void aValueThatDoesNotFitTravelsBesideItsRow() {
    Struct envelope = envelope(row("one", 5L));
    assertThat(envelope.getStruct("after").get("id")).isNull();
    assertThat(envelope.getStruct("after").get("name")).isNull();
    List<Struct> beside = envelope.getArray("irregular");
    assertThat(beside).extracting(e -> e.get("column")).containsExactly("id", "name");
    assertThat(beside).extracting(e -> e.get("type")).containsExactly("text", "integer");
    assertThat(beside).extracting(e -> e.get("text")).containsExactly("one", "5");
  }

  @Test
  void everyStorageClassCanTravelBesideItsRow() {
    assertThat(beside(Double.POSITIVE_INFINITY, "x")).isEqualTo("real:Infinity");
    assertThat(beside(1.5, "x")).isEqualTo("real:1.5");
    assertThat(beside("", "x")).isEqualTo("text:");
    assertThat(beside(1L, Long.MIN_VALUE)).isEqualTo("integer:-9223372036854775808");
    assertThat(beside(Change.UNTOUCHED, "x")).isEqualTo("untouched:null");
    assertThat(envelope(row(new byte[] {0, -1}, "x")).<Struct>getArray("irregular").get(0))
        .satisfies(e -> assertThat(e.get("type")).isEqualTo("blob"))
        .satisfies(e -> assertThat((byte[]) e.get("bytes")).containsExactly(0, -1));
    assertThat(envelope(row(1L, new RawText(new byte[] {-1}))).<Struct>getArray("irregular").get(0))
        .satisfies(e -> assertThat(e.get("type")).isEqualTo("text"))
        .satisfies(e -> assertThat(e.get("text")).isNull())
        .satisfies(e -> assertThat((byte[]) e.get("bytes")).containsExactly(-1));
  }

  @Test
  void regularRowsPayNothing() {
    assertThat(envelope(row(1L, "pen")).get("irregular")).isNull();
    envelope(row("one", "pen"));
    assertThat(envelope(row(1L, "pen")).get("irregular")).isNull();
  }

  @Test
  void whatTravelsBesideARowBelongsToOneImage() {
    Change change = new Change(Op.UPDATE, row("one", "pen"), row(1L, 5L));
    assertThat(writer.envelope(change, UPDATE, 0, true, 0, 0).<Struct>getArray("irregular"))
        .extracting(e -> e.get("column"))
        .containsExactly("name");
  }

  @Test
  void aKeyThatDoesNotFitIsNull() {
    assertThat(writer.key(Change.present(Op.CREATE, row("one", "pen"))).get("id")).isNull();
    assertThat(writer.key(Change.present(Op.CREATE, row(null, "pen"))).get("id")).isNull();
  }

  @Test
  void whatNobodyCouldReadStopsWithTableAndColumn() {
    assertThatThrownBy(() -> envelope(row(new BigDecimal("1.5"), "pen")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("Column id of table prices holds a java.math.BigDecimal");
  }

  @Test
  void aTableWithoutADatabaseHasAnEmptyName() {
    RowWriter other = writer(new Table(new TableId(null, "public", "prices"), table.columns(), 0));
    Struct source = batch(other, row(1L, "pen")).getStruct("source");
    assertThat(source.get("db")).isEqualTo("");
    assertThat(source.get("schema")).isEqualTo("public");
  }

  private String beside(Object id, Object name) {
    Struct entry = envelope(row(id, name)).<Struct>getArray("irregular").get(0);
    return entry.get("type") + ":" + entry.get("text");
  }

  private Struct envelope(Object[] row) {
    return writer.envelope(Change.present(Op.UPDATE, row), UPDATE, 0, true, 0, 0);
  }

  private static Struct batch(RowWriter writer, Object[] row) {
    return writer.batch(List.of(Change.present(Op.UPDATE, row)), UPDATE, 0, true, 0, 0);
  }

  private static Object[] row(Object... values) {
    return values;
  }
}
