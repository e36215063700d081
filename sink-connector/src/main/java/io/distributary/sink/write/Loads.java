package io.distributary.sink.write;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides how a snapshot is taken in. */
final class Loads {
  private static final Logger LOG = LoggerFactory.getLogger(Loads.class);

  private final Dialect dialect;
  private final SnapshotMode mode;
  private final DeleteMode deletes;

  Loads(Dialect dialect, SnapshotMode mode, DeleteMode deletes) {
    this.dialect = dialect;
    this.mode = mode;
    this.deletes = deletes;
  }

  Load begin(Plan plan) throws SQLException {
    if (isEmpty(plan)) {
      return new DirectLoad(dialect, plan);
    }
    String hindrance = swapHindrance(plan);
    if (hindrance == null) {
      return new SwapLoad(dialect, plan);
    }
    if (mode == SnapshotMode.SWAP) {
      LOG.info(
          "The snapshot of table {} is merged into relation {} instead of swapped for it: {}",
          plan.table().id(),
          plan.relation().name(),
          hindrance);
    }
    if (plan.hasKey()) {
      return new MergeLoad(dialect, plan, deletes);
    }
    return replaceAll(plan);
  }

  /** Rows without a key can be neither compared nor marked: they are all replaced. */
  private Load replaceAll(Plan plan) throws SQLException {
    if (deletes != DeleteMode.HARD) {
      throw new WriteException(
          WriteException.Kind.FATAL,
          "The snapshot of table "
              + plan.table().id()
              + " has no key, so delete.mode="
              + deletes.name().toLowerCase(java.util.Locale.ROOT)
              + " cannot tell which rows of relation "
              + plan.relation().name()
              + " are gone. Give the relation a primary key, or use delete.mode=hard",
          null);
    }
    try (Statement statement = dialect.connection().createStatement()) {
      statement.executeUpdate(new Sql(dialect).clear(plan));
    }
    return new DirectLoad(dialect, plan);
  }

  private String swapHindrance(Plan plan) throws SQLException {
    if (mode == SnapshotMode.MERGE) {
      return "snapshot.mode=merge";
    } else if (deletes != DeleteMode.HARD) {
      return "rows that the source deleted are kept (delete.mode)";
    } else if (!plan.covers()) {
      return "the relation has columns that the snapshot does not";
    }
    return dialect.swapHindrance(plan.relation());
  }

  private boolean isEmpty(Plan plan) throws SQLException {
    try (Statement statement = dialect.connection().createStatement();
        ResultSet row =
            statement.executeQuery("SELECT 1 FROM " + plan.relation().identifier() + " LIMIT 1")) {
      return !row.next();
    }
  }
}
