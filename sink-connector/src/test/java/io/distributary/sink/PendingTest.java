package io.distributary.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import io.distributary.core.record.Part;
import io.distributary.core.record.Position;
import io.distributary.core.record.UnitHeader;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Column;
import io.distributary.core.relation.Table;
import io.distributary.core.relation.TableId;
import io.distributary.sink.read.Form;
import io.distributary.sink.read.Incoming;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;

/** What is applied together, and in which order. */
class PendingTest {
  private static final Table ORDERS = table("orders");
  private static final Table LINES = table("lines");

  private final Pending pending = new Pending();
  private long lsn;

  @Test
  void theChangesOfManyUnitsAreOnePartPerTableInTheirOrder() {
    unit(change(ORDERS, 1), change(LINES, 10));
    unit(change(ORDERS, 2), change(LINES, 20));
    unit(change(LINES, 21));

    assertThat(pending.ready())
        .extracting(Pending.Ready::part)
        .extracting(PendingTest::described)
        .containsExactly("orders [1, 2]", "lines [10, 20, 21] and ends");
    assertThat(pending.ready().get(1).records()).hasSize(3);
  }

  @Test
  void aUnitThatTouchesTheTablesInAnotherOrderWaits() {
    unit(change(ORDERS, 1), change(LINES, 10));
    Incoming first = incoming(change(LINES, 20), 0, false);
    Incoming second = incoming(change(ORDERS, 2), 1, true);

    assertThat(pending.takes(first, first.part())).isTrue();
    pending.add(first, first.part());
    assertThat(pending.takes(second, second.part())).isFalse();
  }

  @Test
  void aUnitWhoseEndHasNotComeIsNotEnded() {
    unit(change(ORDERS, 1));
    Incoming open = incoming(change(LINES, 10), 0, false);
    pending.add(open, open.part());

    assertThat(pending.ready())
        .extracting(ready -> ready.part().last())
        .containsExactly(false, false);
  }

  @Test
  void aTableThatChangedItsShapeWaits() {
    unit(change(ORDERS, 1));
    Incoming changed = incoming(change(table("orders"), 2), 0, true);
    assertThat(pending.takes(changed, changed.part())).isFalse();
  }

  @Test
  void moreThanCanBeHeldWaits() {
    Change[] many = IntStream.range(0, 4_999).mapToObj(PendingTest::row).toArray(Change[]::new);
    lsn++;
    Incoming large = incoming(part(ORDERS, 0, true, many));
    pending.add(large, large.part());
    Incoming one = incoming(change(ORDERS, 1), 0, true);
    assertThat(pending.takes(one, one.part())).isTrue();
    Incoming two = incoming(part(ORDERS, 0, true, row(1), row(2)));
    assertThat(pending.takes(two, two.part())).isFalse();
  }

  @Test
  void aRowThatIsStatedInPartIsNotMovedPastTheChangesOfOtherTables() {
    Change partly = Change.present(Op.UPDATE, new Object[] {1L, Change.UNTOUCHED});
    unit(new OfTable(LINES, partly));
    unit(new OfTable(LINES, partly));
    unit(change(ORDERS, 1));
    lsn++;
    Incoming after = incoming(part(LINES, 0, true, partly));
    assertThat(pending.takes(after, after.part())).isFalse();
  }

  @Test
  void aSnapshotIsNotMixedWithChanges() {
    unit(change(ORDERS, 1));
    UnitHeader header = new UnitHeader(UnitKind.SNAPSHOT, new Position("e", 9), 0, null);
    Part rows = new Part(ORDERS, header, 0, true, List.of(row(1)), null);
    assertThat(pending.takes(incoming(rows), rows)).isFalse();
  }

  private record OfTable(Table table, Change change) {}

  private static OfTable change(Table table, long id) {
    return new OfTable(table, row(id));
  }

  private static Change row(long id) {
    return Change.present(Op.UPDATE, new Object[] {id});
  }

  private void unit(OfTable... changes) {
    lsn++;
    for (int i = 0; i < changes.length; i++) {
      Incoming incoming = incoming(changes[i], i, i == changes.length - 1);
      assertThat(pending.takes(incoming, incoming.part())).isTrue();
      pending.add(incoming, incoming.part());
    }
  }

  private Incoming incoming(OfTable change, long seq, boolean last) {
    return incoming(part(change.table(), seq, last, change.change()));
  }

  private static Incoming incoming(Part part) {
    return new Incoming(null, part, Form.BATCH);
  }

  private Part part(Table table, long seq, boolean last, Change... changes) {
    UnitHeader header = new UnitHeader(UnitKind.UPDATE, new Position("e", lsn), 0, null);
    return new Part(table, header, seq, last, List.of(changes), null);
  }

  private static String described(Part part) {
    List<Object> ids = part.changes().stream().map(change -> change.after()[0]).toList();
    return part.table().id().name() + " " + ids + (part.last() ? " and ends" : "");
  }

  private static Table table(String name) {
    return new Table(
        new TableId("shop", null, name),
        List.of(new Column("id", Schema.OPTIONAL_INT64_SCHEMA, "INTEGER")),
        0);
  }
}
