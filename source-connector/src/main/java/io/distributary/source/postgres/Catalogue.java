package io.distributary.source.postgres;

import io.distributary.core.relation.Names;
import io.distributary.core.relation.TableId;
import io.distributary.source.postgres.Partitions.Partition;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads which tables the source database has, and sorts out what cannot be captured. */
final class Catalogue {
  /** The name of tables in which users ask for snapshots, in whatever schema. */
  static final String SIGNALS = "distributary_signal";

  /**
   * The tables of users. Their key is what the server logs of an old row: the columns of the index
   * chosen for that, else of the primary key; else, where whole rows are logged, those of the first
   * unique index over columns that are never null. An identity whose index was dropped is none.
   */
  private static final String TABLES =
      """
      SELECT c.oid, n.nspname, c.relname, c.relkind, c.relispartition, c.relpersistence,
        CASE WHEN c.relreplident = 'i' AND NOT EXISTS (SELECT FROM pg_catalog.pg_index i
            WHERE i.indrelid = c.oid AND i.indisreplident AND i.indisvalid)
          THEN 'n' ELSE c.relreplident END AS relreplident,
        (SELECT array_agg(a.attname::text ORDER BY k.place)
         FROM (SELECT i.indkey, i.indnkeyatts FROM pg_catalog.pg_index i
               WHERE i.indrelid = c.oid AND i.indisvalid AND (i.indisreplident
                 OR i.indisprimary AND i.indimmediate
                 OR c.relreplident = 'f' AND i.indisunique AND i.indpred IS NULL
                   AND i.indexprs IS NULL AND NOT EXISTS (
                     SELECT FROM pg_catalog.pg_attribute o WHERE o.attrelid = c.oid
                       AND o.attnum = ANY (i.indkey) AND NOT o.attnotnull))
               ORDER BY i.indisreplident DESC, i.indisprimary DESC, i.indexrelid LIMIT 1) x,
           unnest(x.indkey::int2[]) WITH ORDINALITY k(number, place),
           pg_catalog.pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum = k.number AND k.place <= x.indnkeyatts) AS key,
        (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
        (SELECT array_agg(pg_catalog.format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum)
         FROM pg_catalog.pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS types,
        (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
           AND a.attgenerated <> '') AS generated,
        pg_catalog.current_setting('server_version_num')::int >= 180000 AS logs_generated,
        pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS reachable,
        pg_catalog.has_table_privilege(c.oid, 'SELECT') AS readable,
        c.relkind IN ('r', 'p') AND pg_catalog.row_security_active(c.oid) AS filtered,
        current_user AS me
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema'
        AND n.nspname !~ '^pg_'
      ORDER BY n.nspname, c.relname
      """;

  /** One that was attached has become a partition in another transaction than it was made in. */
  private static final String PARTITIONS =
      """
      SELECT r.oid, p.relid::oid, coalesce(pg_catalog.pg_relation_filenode(p.relid), 0),
        EXISTS (SELECT FROM pg_catalog.pg_partition_ancestors(p.relid) a
                JOIN pg_catalog.pg_inherits i ON i.inhrelid = a.relid
                JOIN pg_catalog.pg_type t ON t.typrelid = a.relid WHERE t.xmin <> i.xmin)
      FROM unnest(?::text[]::oid[]) r(oid)
        CROSS JOIN LATERAL pg_catalog.pg_partition_tree(r.oid) p
      WHERE p.isleaf AND p.level > 0
      """;

  /**
   * What was selected.
   *
   * @param tables the tables to capture
   * @param skipped the selected tables that cannot be, but were not asked for by name
   * @param refused the tables asked for by name that cannot be captured, each with the reason
   * @param absent the names asked for that no table has
   * @param signals the tables in which users ask for snapshots
   * @param partitions the partitions of the tables to capture
   */
  record Selected(
      List<CapturedTable> tables,
      List<String> skipped,
      List<String> refused,
      List<String> absent,
      List<CapturedTable> signals,
      List<Partition> partitions) {

    Selected() {
      this(
          new ArrayList<>(),
          new ArrayList<>(),
          new ArrayList<>(),
          new ArrayList<>(),
          new ArrayList<>(),
          new ArrayList<>());
    }

    /** All of which changes are to be read. */
    List<CapturedTable> published() {
      List<CapturedTable> published = new ArrayList<>(tables);
      published.addAll(signals);
      return published;
    }
  }

  private final Sql sql;
  private final TableSelection selection;

  Catalogue(Sql sql, TableSelection selection) {
    this.sql = sql;
    this.selection = selection;
  }

  Selected select() throws SQLException {
    Selected selected = new Selected();
    List<String> names = new ArrayList<>();
    String database = sql.server().database();
    sql.rows(
        TABLES,
        row -> {
          names.add(row.getString(2) + "." + row.getString(3));
          if (row.getString(3).equals(SIGNALS)) {
            signals(table(row, database), row, selected);
          } else if (selection.wants(row.getString(2), row.getString(3))) {
            sort(table(row, database), row, selected);
          }
          return null;
        });
    selected.absent().addAll(selection.absent(names));
    requireOneName(selected);
    partitions(selected);
    return selected;
  }

  private void partitions(Selected selected) throws SQLException {
    String[] oids =
        selected.tables().stream()
            .filter(CapturedTable::partitioned)
            .map(table -> Long.toString(table.oid()))
            .toArray(String[]::new);
    if (oids.length > 0) {
      selected
          .partitions()
          .addAll(
              sql.rows(
                  PARTITIONS,
                  row ->
                      new Partition(
                          row.getLong(1), row.getLong(2), row.getLong(3), row.getBoolean(4)),
                  (Object) oids));
    }
  }

  /** A dot may be part of a name, too: then two tables are called the same. */
  private static void requireOneName(Selected selected) {
    Map<String, CapturedTable> named = new HashMap<>();
    for (CapturedTable table : selected.tables()) {
      CapturedTable other = named.putIfAbsent(table.toString(), table);
      if (other != null) {
        selected
            .refused()
            .add(
                "Tables "
                    + other.sql()
                    + " and "
                    + table.sql()
                    + " are both called "
                    + table
                    + ". Rename one, or leave both out with table.exclude.list");
      }
    }
  }

  private static void signals(CapturedTable table, ResultSet row, Selected selected)
      throws SQLException {
    String reason = reason(table, row);
    if (reason == null) {
      selected.signals().add(table);
    } else if (!reason.isEmpty()) {
      selected.skipped().add("Table " + table + " " + reason);
    }
  }

  private void sort(CapturedTable table, ResultSet row, Selected selected) throws SQLException {
    String reason = reason(table, row);
    if (reason == null) {
      selected.tables().add(table);
    } else if (!reason.isEmpty()) {
      boolean named = selection.names(table.id().schema(), table.id().name());
      (named ? selected.refused() : selected.skipped()).add("Table " + table + " " + reason);
    } else if (selection.names(table.id().schema(), table.id().name())) {
      selected
          .refused()
          .add(table + " is a view, a foreign table or a partition: capture the table behind it");
    }
  }

  /** Why a table cannot be captured; null if it can, empty where that needs no saying. */
  private static String reason(CapturedTable table, ResultSet row) throws SQLException {
    String kind = row.getString("relkind");
    if ((!kind.equals("r") && !kind.equals("p")) || row.getBoolean("relispartition")) {
      return "";
    }
    if (!row.getString("relpersistence").equals("p")) {
      return row.getString("relpersistence").equals("t")
          ? ""
          : "is unlogged, so its changes are in no log. ALTER TABLE " + table.sql() + " SET LOGGED";
    }
    if (table.types().isEmpty()) {
      return "has no columns";
    }
    String unreadable = unreadable(table, row);
    if (unreadable != null) {
      return unreadable;
    }
    if (table.identity() == 'n' || (table.key().isEmpty() && table.identity() != 'f')) {
      return "has "
          + (table.identity() == 'n' ? "REPLICA IDENTITY NOTHING" : "no primary key")
          + ", so PostgreSQL would refuse its users' UPDATE and DELETE once it is published. Give"
          + " it a primary key, or: ALTER TABLE "
          + table.sql()
          + (table.identity() == 'n' && !table.key().isEmpty()
              ? " REPLICA IDENTITY DEFAULT"
              : " REPLICA IDENTITY FULL");
    }
    for (String column : table.key()) {
      if (table.generated().contains(column)) {
        return "has the generated column "
            + column
            + " in its key, which PostgreSQL logs from version 18 on. Capture it with"
            + " capture=trigger, or give it another key: ALTER TABLE "
            + table.sql()
            + " REPLICA IDENTITY USING INDEX ...";
      }
    }
    return null;
  }

  /** Why a snapshot would not hold all of a table; null if it would. */
  private static String unreadable(CapturedTable table, ResultSet row) throws SQLException {
    String user = Names.quoted(row.getString("me"));
    List<String> grants = new ArrayList<>();
    if (!row.getBoolean("reachable")) {
      grants.add("GRANT USAGE ON SCHEMA " + Names.quoted(table.id().schema()) + " TO " + user);
    }
    if (!row.getBoolean("readable")) {
      grants.add("GRANT SELECT ON " + table.sql() + " TO " + user);
    }
    if (!grants.isEmpty()) {
      return "may not be read, as its snapshot needs. " + String.join("; ", grants);
    }
    return row.getBoolean("filtered")
        ? "has row security, which would hide rows from its snapshot. ALTER ROLE "
            + user
            + " BYPASSRLS"
        : null;
  }

  private static CapturedTable table(ResultSet row, String database) throws SQLException {
    List<String> columns = texts(row, "columns");
    List<String> types = texts(row, "types");
    Map<String, String> declared = new LinkedHashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      declared.put(columns.get(i), types.get(i));
    }
    List<String> key = texts(row, "key");
    List<String> generated = new ArrayList<>(texts(row, "generated"));
    if (row.getBoolean("logs_generated")) {
      generated.removeAll(key);
    }
    return new CapturedTable(
        row.getLong("oid"),
        new TableId(database, row.getString("nspname"), row.getString("relname")),
        row.getString("relkind").equals("p"),
        row.getString("relreplident").charAt(0),
        key,
        declared,
        generated);
  }

  private static List<String> texts(ResultSet row, String column) throws SQLException {
    Array array = row.getArray(column);
    return array == null
        ? List.of()
        : Arrays.stream((Object[]) array.getArray()).map(String::valueOf).toList();
  }
}
