package io.distributary.sink.write;

import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes rows to a relation by key: of a list of changes the last of each key, the deletes first,
 * so that what they free on other unique indexes is free for the upserts.
 */
final class PlannedWriter implements TableWriter {
  private static final String CONFLICT = "distributary_conflict";

  private final Dialect dialect;
  private final Sql sql;
  private final Plan plan;
  private final DeleteMode deletes;
  private final Loads loads;
  private final Reduction reduction;
  private final Creations creations;
  private final Bulk upsert;
  private final Bulk delete;
  private final Updates updates;
  private final MultiRow deleteSame;
  private final Set<List<Object>> rewritten = new HashSet<>();

  PlannedWriter(Dialect dialect, Plan plan, DeleteMode deletes, Loads loads) {
    this.dialect = dialect;
    this.sql = new Sql(dialect);
    this.plan = plan;
    this.deletes = deletes;
    this.loads = loads;
    this.reduction = new Reduction(plan.key());
    this.creations = new Creations(dialect, plan);
    this.upsert = dialect.upserts(plan);
    this.delete = dialect.deletes(plan);
    this.updates = new Updates(dialect, plan);
    this.deleteSame = MultiRow.single(dialect, sql.deleteSame(plan), plan.key());
  }

  @Override
  public void write(List<Change> changes, boolean more) throws SQLException {
    if (!more) {
      rewritten.clear();
    }
    requireKey();
    int from = 0;
    for (int i = 0; i < changes.size(); i++) {
      if (changes.get(i).op() == Op.TRUNCATE) {
        writeRows(changes, from, i);
        truncate();
        from = i + 1;
      }
    }
    writeRows(changes, from, changes.size());
  }

  private void requireKey() {
    if (!plan.hasKey()) {
      throw new WriteException(
          WriteException.Kind.FATAL,
          "The records of table "
              + plan.table().id()
              + " have no key, and relation "
              + plan.relation().name()
              + " has no primary key that they hold, so its rows cannot be told apart. Give the"
              + " relation a primary key",
          null);
    }
  }

  private void writeRows(List<Change> changes, int from, int to) throws SQLException {
    if (from == to) {
      return;
    }
    if (reduction.reduce(changes, from, to) == Reduction.Outcome.IN_ORDER) {
      writeInOrder(changes.subList(from, to));
      return;
    }
    try {
      writeReduced();
    } finally {
      reduction.clear();
    }
  }

  private void writeInOrder(List<Change> changes) throws SQLException {
    Set<List<Object>> before = Set.copyOf(rewritten);
    boolean done = false;
    try {
      for (Change change : changes) {
        writeOne(change);
      }
      done = true;
    } finally {
      if (!done) {
        rewritten.retainAll(before);
      }
    }
  }

  private void writeReduced() throws SQLException {
    Object[][] rows = reduction.upserts();
    int count = reduction.upsertCount();
    if (!plan.conflicts() || !replaceable(rows, count)) {
      deleteRows();
      upsertRows(rows, count);
      return;
    }
    Savepoint savepoint = Savepoint.set(dialect.connection(), CONFLICT);
    try {
      deleteRows();
      upsertRows(rows, count);
      savepoint.release();
    } catch (SQLException e) {
      if (!dialect.errors().uniqueConflict(e)) {
        throw e;
      }
      // Rows exchange values of another unique index: no order of upserts does that.
      savepoint.rollback();
      deleteRows();
      delete(rows, count);
      upsertRows(rows, count);
    }
  }

  /** Whether rows may be deleted and inserted again without losing anything. */
  private boolean replaceable(Object[][] rows, int count) {
    boolean untouchable = dialect.enforcesForeignKeys() && plan.relation().referenced();
    return plan.covers()
        && plan.marker() == null
        && !untouchable
        && Arrays.stream(rows, 0, count).noneMatch(MultiRow::holdsUntouched);
  }

  private void deleteRows() throws SQLException {
    if (deletes != DeleteMode.IGNORE) {
      delete.run(reduction.deletes(), 0, reduction.deleteCount());
    }
  }

  private void delete(Object[][] rows, int count) throws SQLException {
    delete.run(rows, 0, count);
  }

  private void upsertRows(Object[][] rows, int count) throws SQLException {
    if (reduction.allCreated() && creations.insert(rows, count)) {
      return;
    }
    int from = 0;
    for (int i = 0; i < count; i++) {
      if (MultiRow.holdsUntouched(rows[i])) {
        upsert.run(rows, from, i);
        updates.run(rows[i]);
        from = i + 1;
      }
    }
    upsert.run(rows, from, count);
  }

  /** One change, where only the database can tell which rows it concerns. */
  private void writeOne(Change change) throws SQLException {
    if (change.after() == null) {
      deleteOne(change.before());
      return;
    }
    if (reduction.movesKey(change)) {
      deleteOne(change.before());
    }
    if (MultiRow.holdsUntouched(change.after())) {
      updates.run(change.after());
      return;
    }
    List<Object> nullKey = nullKey(change.after());
    // No unique index holds for a NULL: the rows of such a key are replaced by those of the unit.
    if (nullKey != null && rewritten.add(nullKey)) {
      deleteSame.run(change.after());
    }
    upsert.run(new Object[][] {change.after()}, 0, 1);
  }

  private void deleteOne(Object[] image) throws SQLException {
    List<Object> nullKey = nullKey(image);
    if (nullKey != null) {
      rewritten.add(nullKey);
    }
    if (deletes == DeleteMode.IGNORE) {
      return;
    }
    if (nullKey == null) {
      delete(new Object[][] {image}, 1);
    } else {
      deleteSame.run(image);
    }
  }

  private List<Object> nullKey(Object[] image) {
    boolean holdsNull = false;
    List<Object> values = new ArrayList<>(plan.key().size());
    for (Plan.Place place : plan.key()) {
      Object value = image[place.image()];
      holdsNull |= value == null;
      values.add(value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : value);
    }
    return holdsNull ? values : null;
  }

  private void truncate() throws SQLException {
    rewritten.clear();
    if (deletes == DeleteMode.IGNORE) {
      return;
    }
    Connection connection = dialect.connection();
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql.clear(plan));
    }
  }

  @Override
  public boolean conflicts() {
    return plan.conflicts();
  }

  @Override
  public List<Change> lasts(List<Change> changes) {
    boolean truncates = changes.stream().anyMatch(change -> change.op() == Op.TRUNCATE);
    if (truncates
        || !plan.hasKey()
        || reduction.reduce(changes, 0, changes.size()) == Reduction.Outcome.IN_ORDER) {
      return null;
    }
    List<Change> lasts = reduction.lasts();
    reduction.clear();
    return lasts;
  }

  @Override
  public boolean makeRoom(List<Change> changes) throws SQLException {
    Object[][] rows = changes.stream().map(Change::after).toArray(Object[][]::new);
    if (Arrays.asList(rows).contains(null) || !replaceable(rows, rows.length)) {
      return false;
    }
    delete(rows, rows.length);
    return true;
  }

  @Override
  public Load load() throws SQLException {
    return loads.begin(plan);
  }

  @Override
  public String subject() {
    return "relation " + plan.relation().name();
  }

  @Override
  public void close() throws SQLException {
    updates.close();
    creations.close();
    upsert.close();
    delete.close();
    deleteSame.close();
  }
}
