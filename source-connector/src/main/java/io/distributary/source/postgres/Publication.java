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

  /** What is published, by the oid of the table; null where there is no publication. */
  private record Published(boolean all, List<String> faults, Set<Long> tables) {}

  private Published published() throws SQLException {
    Map<String, Boolean> flags = new HashMap<>();
    boolean exists =
        null
            != sql.row(
                "SELECT puballtables, pubinsert AND pubupdate AND pubdelete AND pubtruncate,"
                    + " pubviaroot FROM pg_catalog.pg_publication WHERE pubname = ?",
                row -> {
                  flags.put("all", row.getBoolean(1));
                  flags.put("operations", row.getBoolean(2));
                  flags.put("root", row.getBoolean(3));
                  return true;
                },
                name);
    if (!exists) {
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
    return new Published(flags.get("all"), faults, tables());
  }

  private String alter(String option) {
    return "ALTER PUBLICATION " + Names.quoted(name) + " SET (" + option + ")";
  }

  private Set<Long> tables() throws SQLException {
    return new LinkedHashSet<>(
        sql.rows(
            "SELECT DISTINCT c.oid FROM pg_catalog.pg_publication_tables p JOIN"
                + " pg_catalog.pg_namespace n ON n.nspname = p.schemaname JOIN pg_catalog.pg_class c"
                + " ON c.relnamespace = n.oid AND c.relname = p.tablename WHERE p.pubname = ?",
            row -> row.getLong(1),
            name));
  }

  /**
   * Publishes tables, where they are not yet.
   *
   * @return what was published before, so that none of its changes is missing; null where there was
   *     no publication
   * @throws CaptureException when the user may not; it quotes what to run
   */
  Set<Long> publish(List<CapturedTable> tables) throws SQLException {
    Published published = published();
    if (published == null) {
      run(create(tables));
      return null;
    }
    if (!published.faults.isEmpty()) {
      throw new CaptureException("The publication " + name + " " + published.faults.get(0));
    }
    requireWhole(tables);
    List<CapturedTable> missing = missing(published, tables);
    if (!missing.isEmpty()) {
      run(add(missing));
    }
    return Set.copyOf(published.tables);
  }

  /** Why the tables could not be published; empty if they can. Changes nothing. */
  List<String> check(List<CapturedTable> tables) throws SQLException {
    List<String> errors = new ArrayList<>();
    Published published = published();
    List<CapturedTable> missing = published == null ? tables : missing(published, tables);
    if (published != null) {
      published.faults.forEach(fault -> errors.add("The publication " + name + " " + fault));
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
        published == null
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
      errors.add(refusal(published == null ? create(missing) : add(missing), null).getMessage());
    }
    return errors;
  }

  private static List<CapturedTable> missing(Published published, List<CapturedTable> tables) {
    return published.all
        ? List.of()
        : tables.stream().filter(table -> !published.tables.contains(table.oid())).toList();
  }

  /** A snapshot reads whole tables, so their changes must be whole, too. */
  private void requireWhole(List<CapturedTable> tables) throws SQLException {
    if (sql.number("SELECT current_setting('server_version_num')::int") < 150000) {
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
    boolean generated = sql.number("SELECT current_setting('server_version_num')::int") >= 180000;
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
