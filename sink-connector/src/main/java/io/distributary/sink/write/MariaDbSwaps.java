package io.distributary.sink.write;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The new tables that are to take relations' places. A table cannot be renamed inside a
 * transaction; so the transaction that writes rows and checkpoint also notes here which tables are
 * to be renamed, and whoever finds such a note renames them, before anything else is written: this
 * task right after its commit, or after a crash the next one (docs/adr/0010).
 *
 * <p>The names of new tables never come again, so that a task which was taken for dead renames
 * nothing of its successor's.
 */
final class MariaDbSwaps {
  static final String TABLE = "distributary_swap";
  private static final Logger LOG = LoggerFactory.getLogger(MariaDbSwaps.class);
  private static final String LOADING = "loading";
  private static final String DECIDED = "decided";

  private final Connection connection;
  private final MariaDbDefiner definer;
  private final String sink;

  /** Those begun in the open transaction, or not ended yet. */
  private final List<Swap> open = new ArrayList<>();

  /** By relation, the new table that the open transaction has already put in its place. */
  private Map<String, String> decided = Map.of();

  /** What of that was told last. */
  private Map<String, String> told = Map.of();

  /** A new table and the name that the old one gets on its way out. */
  private record Swap(String relation, String replacement, String retired) {
    static Swap of(String relation) {
      String id = UUID.randomUUID().toString().substring(24);
      return new Swap(relation, "distributary_new_" + id, "distributary_old_" + id);
    }
  }

  MariaDbSwaps(Connection connection, MariaDbDefiner definer, String sink) {
    this.connection = connection;
    this.definer = definer;
    this.sink = sink;
  }

  void createTable() throws SQLException {
    definer.execute(
        "CREATE TABLE IF NOT EXISTS "
            + TABLE
            + " (replacement VARCHAR(64) NOT NULL PRIMARY KEY, retired VARCHAR(64) NOT NULL,"
            + " relation VARCHAR(64) NOT NULL, sink VARCHAR(255) NOT NULL,"
            + " state VARCHAR(16) NOT NULL) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
  }

  /** Makes an empty table like the relation. */
  Dialect.Replacement create(Relation relation, Long counter) throws SQLException {
    Swap swap = Swap.of(relation.name());
    // Noted before it is made: so whatever happens, somebody knows what to drop.
    definer.hold(swap.replacement);
    try (PreparedStatement insert =
        definer.connection().prepareStatement("INSERT INTO " + TABLE + " VALUES (?, ?, ?, ?, ?)")) {
      insert.setString(1, swap.replacement);
      insert.setString(2, swap.retired);
      insert.setString(3, swap.relation);
      insert.setString(4, sink);
      insert.setString(5, LOADING);
      insert.executeUpdate();
    }
    open.add(swap);
    String table = MariaDbCatalogue.quoted(swap.replacement);
    definer.execute("CREATE TABLE " + table + " LIKE " + MariaDbCatalogue.quoted(swap.relation));
    if (counter != null) {
      definer.execute("ALTER TABLE " + table + " AUTO_INCREMENT = " + counter);
    }
    return replacement(swap);
  }

  private Dialect.Replacement replacement(Swap swap) {
    return new Dialect.Replacement() {
      @Override
      public String identifier() {
        return MariaDbCatalogue.quoted(swap.replacement);
      }

      @Override
      public void complete() throws SQLException {
        decide(swap);
      }

      @Override
      public void takePlace() {
        // That comes after the commit.
      }

      @Override
      public void drop() {
        // Its rows are in the open transaction, which must end first.
      }
    };
  }

  /** Notes in the open transaction that the table takes the relation's place, now the last to. */
  private void decide(Swap swap) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE "
                + TABLE
                + " SET state = IF(replacement = ?, ?, ?) WHERE sink = ? AND relation = ?"
                + " AND (replacement = ? OR replacement = ?)")) {
      update.setString(1, swap.replacement);
      update.setString(2, DECIDED);
      update.setString(3, LOADING);
      update.setString(4, sink);
      update.setString(5, swap.relation);
      update.setString(6, swap.replacement);
      update.setString(7, decided.getOrDefault(swap.relation, swap.replacement));
      update.executeUpdate();
    }
  }

  /** Whether a new table waits for the open transaction's commit to take its place. */
  boolean isDecided() {
    return !decided.isEmpty();
  }

  /** Where the relation's rows are as the open transaction sees it: another name, or its own. */
  String place(String relation) {
    return decided.getOrDefault(relation, relation);
  }

  /**
   * Reads what the open transaction has decided.
   *
   * @return whether that is not what was told before
   */
  boolean refresh() throws SQLException {
    Map<String, String> before = told;
    decided = new HashMap<>();
    if (!open.isEmpty()) {
      for (Swap swap : read(connection, DECIDED)) {
        if (open.contains(swap)) {
          decided.put(swap.relation, swap.replacement);
        }
      }
    }
    told = decided;
    return !decided.equals(before);
  }

  /** The open transaction was committed: makes visible what it decided, as far as that can be. */
  void committed() {
    decided = Map.of();
    if (open.isEmpty()) {
      return;
    }
    try {
      complete();
    } catch (SQLException e) {
      // Committed is committed: the next transaction begins with trying this again.
      LOG.warn(
          "The new table of a snapshot cannot be renamed yet (does a transaction that reads the"
              + " old one stay open?). Nothing else is written until it is: {}",
          e.getMessage());
    }
  }

  /** The open transaction was rolled back. */
  void rolledBack() throws SQLException {
    decided = Map.of();
    complete();
  }

  /** Ends what this task has begun and not ended: renames what was decided, drops the rest. */
  void complete() throws SQLException {
    if (open.isEmpty()) {
      return;
    }
    finish(read(definer.connection(), DECIDED).stream().filter(open::contains).toList());
    for (Swap swap : List.copyOf(open)) {
      discard(swap);
      open.remove(swap);
    }
  }

  /** Ends what tasks of this sink have left behind. */
  void recover() throws SQLException {
    List<Swap> left = read(definer.connection(), DECIDED);
    finish(left);
    for (Swap swap : left) {
      discard(swap);
    }
    for (Swap swap : read(definer.connection(), LOADING)) {
      if (definer.isFree(swap.replacement)) {
        discard(swap);
      }
    }
  }

  /** Renames all at once, so that no reader sees one without the other. */
  private void finish(List<Swap> swaps) throws SQLException {
    MariaDbCatalogue catalogue = new MariaDbCatalogue(definer.connection());
    List<Swap> due = due(swaps, catalogue);
    if (due.isEmpty()) {
      return;
    }
    List<String> renames = new ArrayList<>();
    for (Swap swap : due) {
      if (catalogue.exists(swap.relation)) {
        renames.add(rename(swap.relation, swap.retired));
      }
      renames.add(rename(swap.replacement, swap.relation));
    }
    try {
      definer.execute("RENAME TABLE " + String.join(", ", renames));
      LOG.info(
          "Snapshots took the places of relations {}",
          due.stream().map(Swap::relation).collect(Collectors.joining(", ")));
    } catch (SQLException e) {
      // A task that was thought dead, or the one that thinks so, may have been quicker.
      if (!due(swaps, catalogue).isEmpty()) {
        throw e;
      }
    }
  }

  private static List<Swap> due(List<Swap> swaps, MariaDbCatalogue catalogue) throws SQLException {
    List<Swap> due = new ArrayList<>();
    for (Swap swap : swaps) {
      if (catalogue.exists(swap.replacement)) {
        due.add(swap);
      }
    }
    return due;
  }

  private static String rename(String from, String to) {
    return MariaDbCatalogue.quoted(from) + " TO " + MariaDbCatalogue.quoted(to);
  }

  /** Drops what is left of a swap that was ended, or never decided, and forgets it. */
  private void discard(Swap swap) throws SQLException {
    definer.execute(
        "DROP TABLE IF EXISTS "
            + MariaDbCatalogue.quoted(swap.retired)
            + ", "
            + MariaDbCatalogue.quoted(swap.replacement));
    try (PreparedStatement delete =
        definer.connection().prepareStatement("DELETE FROM " + TABLE + " WHERE replacement = ?")) {
      delete.setString(1, swap.replacement);
      delete.executeUpdate();
    }
    definer.letGo(swap.replacement);
  }

  private List<Swap> read(Connection through, String state) throws SQLException {
    List<Swap> swaps = new ArrayList<>();
    try (PreparedStatement select =
        through.prepareStatement(
            "SELECT relation, replacement, retired FROM "
                + TABLE
                + " WHERE sink = ? AND state = ?")) {
      select.setString(1, sink);
      select.setString(2, state);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          swaps.add(new Swap(row.getString(1), row.getString(2), row.getString(3)));
        }
      }
    }
    return swaps;
  }
}
