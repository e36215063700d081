package io.distributary.source.postgres;

import io.distributary.core.relation.Names;
import io.distributary.source.capture.CaptureException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The publication, which says of what tables the server decodes changes. It is created and grown
 * where the user may do that, and never shrunk: what it has beyond our tables is passed over.
 */
final class Publication {
  private static final Logger LOG = LoggerFactory.getLogger(Publication.class);

  private final Sql sql;
  private final String name;

  Publication(Sql sql, String name) {
    this.sql = sql;
    this.name = name;
  }

  /** The publication as it is. */
  private record State(boolean all, List<String> faults, Published published) {}

  /**
   * What was published, and is now.
   *
   * @param before null where there was no publication
   */
  record Change(Published before, Published now) {}

  /** Null where there is none. */
  private State state() throws SQLException {
    Map<String, Boolean> flags = new HashMap<>();
    String mark =
        sql.row(
            "SELECT puballtables, pubinsert AND pubupdate AND pubdelete AND pubtruncate,"
                + " pubviaroot, oid FROM pg_catalog.pg_publication WHERE pubname = ?",
            row -> {
              flags.put("all", row.getBoolean(1));
              flags.put("operations", row.getBoolean(2));
              flags.put("root", row.getBoolean(3));
              return row.getString(4);
            },
            name);
    if (mark == null) {
      return null;
    }
    List<String> faults = new ArrayList<>();
    if (!flags.get("operations")) {
      faults.add(
          "does not publish all operations: "
              + alter("publish = 'insert, update, delete, truncate'"));
    }
    if (!flags.get("root")) {
      faults.add(
          "publishes partitions in the place of their tables: "
              + alter("publish_via_partition_root = true"));
    }
    return new State(flags.get("all"), faults, new Published(mark, tables()));
  }

  private String alter(String option) {
    return "ALTER PUBLICATION " + Names.quoted(name) + " SET (" + option + ")";
  }

  /** Each with what changes when it is published anew, or in another way. */
  private SortedMap<Long, String> tables() throws SQLException {
    String schema =
        version() < 150000
            ? "NULL::oid"
            : "(SELECT s.oid FROM pg_catalog.pg_publication_namespace s WHERE s.pnpubid = p.oid AND"
                + " s.pnnspid = n.oid)";
    SortedMap<Long, String> tables = new TreeMap<>();
    sql.rows(
        "SELECT c.oid, p.xmin || '.' || coalesce((SELECT r.oid FROM pg_catalog.pg_publication_rel r"
            + " WHERE r.prpubid = p.oid AND r.prrelid = c.oid), "
            + schema
            + ", 0) FROM pg_catalog.pg_publication p JOIN pg_catalog.pg_publication_tables t ON"
            + " t.pubname = p.pubname JOIN pg_catalog.pg_namespace n ON n.nspname = t.schemaname"
            + " JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = t.tablename"
            + " WHERE p.pubname = ?",
        row -> tables.put(row.getLong(1), row.getString(2)),
        name);
    return tables;
  }

  private long version() throws SQLException {
    return sql.number("SELECT current_setting('server_version_num')::int");
  }

  /**
   * Publishes tables, where they are not yet.
   *
   * @throws CaptureException when the user may not; it quotes what to run
   */
  Change publish(List<CapturedTable> tables) throws SQLException {
    State state = state();
    if (state == null) {
      run(create(tables));
      return new Change(null, state().published);
    }
    if (!state.faults.isEmpty()) {
      throw new CaptureException("The publication " + name + " " + state.faults.get(0));
    }
    requireWhole(tables);
    List<CapturedTable> missing = missing(state, tables);
    if (missing.isEmpty()) {
      return new Change(state.published, state.published);
    }
    run(add(missing));
    return new Change(state.published, state().published);
  }

  /** Why the tables could not be published; empty if they can. Changes nothing. */
  List<String> check(List<CapturedTable> tables) throws SQLException {
    List<String> errors = new ArrayList<>();
    State state = state();
    List<CapturedTable> missing = state == null ? tables : missing(state, tables);
    if (state != null) {
      state.faults.forEach(fault -> errors.add("The publication " + name + " " + fault));
      try {
        requireWhole(tables);
      } catch (CaptureException e) {
        errors.add(e.getMessage());
      }
    }
    if (missing.isEmpty()) {
      return errors;
    }
    boolean may =
        state == null
            ? sql.yes("SELECT has_database_privilege(current_database(), 'CREATE')")
            : sql.yes(
                "SELECT pg_has_role(pubowner, 'USAGE') FROM pg_catalog.pg_publication WHERE"
                    + " pubname = ?",
                name);
    long foreign =
        sql.number(
            "SELECT count(*) FROM pg_catalog.pg_class WHERE oid::text = ANY (?) AND NOT"
                + " pg_has_role(relowner, 'USAGE')",
            (Object) missing.stream().map(t -> Long.toString(t.oid())).toArray(String[]::new));
    if (!may || foreign > 0) {
      errors.add(refusal(state == null ? create(missing) : add(missing), null).getMessage());
    }
    return errors;
  }

  private static List<CapturedTable> missing(State state, List<CapturedTable> tables) {
    return state.all
        ? List.of()
        : tables.stream().filter(table -> !state.published.has(table.oid())).toList();
  }

  /** A snapshot reads whole tables, so their changes must be whole, too. */
  private void requireWhole(List<CapturedTable> tables) throws SQLException {
    if (version() < 150000) {
      return; // there were no filters
    }
    Set<Long> filtered =
        new LinkedHashSet<>(
            sql.rows(
                "SELECT r.prrelid FROM pg_catalog.pg_publication_rel r JOIN"
                    + " pg_catalog.pg_publication p ON p.oid = r.prpubid WHERE p.pubname = ? AND"
                    + " (r.prqual IS NOT NULL OR r.prattrs IS NOT NULL)",
                row -> row.getLong(1),
                name));
    for (CapturedTable table : tables) {
      if (filtered.contains(table.oid())) {
        throw new CaptureException(
            "The publication "
                + name
                + " filters rows or columns of table "
                + table
                + ", whose snapshot would hold them all. Name another with publication.name, or:"
                + " ALTER PUBLICATION "
                + Names.quoted(name)
                + " DROP TABLE "
                + table.sql());
      }
    }
  }

  private String create(List<CapturedTable> tables) throws SQLException {
    boolean generated = version() >= 180000;
    return "CREATE PUBLICATION "
        + Names.quoted(name)
        + (tables.isEmpty() ? "" : " FOR TABLE " + list(tables))
        + " WITH (publish_via_partition_root = true"
        + (generated ? ", publish_generated_columns = stored" : "")
        + ")";
  }

  private String add(List<CapturedTable> tables) {
    return "ALTER PUBLICATION " + Names.quoted(name) + " ADD TABLE " + list(tables);
  }

  private static String list(List<CapturedTable> tables) {
    return tables.stream().map(CapturedTable::sql).collect(Collectors.joining(", "));
  }

  private void run(String statement) throws SQLException {
    try {
      sql.execute(statement);
      LOG.info("{}", statement);
    } catch (SQLException e) {
      if ("42501".equals(e.getSQLState())) { // insufficient_privilege
        throw refusal(statement, e);
      }
      throw e;
    }
  }

  private CaptureException refusal(String statement, SQLException cause) {
    return new CaptureException(
        "The user "
            + sql.server().user()
            + " may not publish the tables, of which he must be the owner. As one who may, run: "
            + statement,
        cause);
  }
}
