package io.distributary.source.postgres.trigger;

import io.distributary.core.relation.TableId;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads which tables the source database has, and how they are made. */
final class Catalogue {
  /**
   * All that a user may mean by a table. The key is the primary key, else the first unique index
   * over columns that are never null.
   */
  private static final String TABLES =
      """
      SELECT c.oid, n.nspname, c.relname, c.relkind, c.relispartition, c.relpersistence,
        has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS readable,
        c.relkind IN ('r', 'p') AND row_security_active(c.oid) AS filtered,
        has_table_privilege(c.oid, 'TRIGGER') AS may_trigger,
        pg_has_role(c.relowner, 'USAGE') AS owned,
        c.relkind = 'r' AND EXISTS (SELECT FROM pg_inherits i
          WHERE i.inhrelid = c.oid OR i.inhparent = c.oid) AS inherits,
        EXISTS (SELECT FROM pg_subscription_rel s WHERE s.srrelid = c.oid) AS subscribed,
        (SELECT array_agg(a.attname::text ORDER BY k.place)
         FROM (SELECT i.indkey, i.indnkeyatts FROM pg_index i
               WHERE i.indrelid = c.oid AND i.indisvalid AND (i.indisprimary
                 OR i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
                   AND NOT EXISTS (SELECT FROM pg_attribute o WHERE o.attrelid = c.oid
                     AND o.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])
                     AND NOT o.attnotnull))
               ORDER BY i.indisprimary DESC, i.indexrelid LIMIT 1) x,
           unnest(x.indkey::int2[]) WITH ORDINALITY k(number, place), pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum = k.number AND k.place <= x.indnkeyatts) AS key
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't'
        AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND n.nspname <> ?
      ORDER BY n.nspname, c.relname
      """;

  /** A domain is what it is over, and has that one's modifier. */
  private static final String COLUMNS =
      """
      SELECT a.attrelid, a.attname, b.oid, format_type(b.oid, b.mod), format_type(b.oid, -1),
        bn.nspname, b.kind, quote_ident(cn.nspname) || '.' || quote_ident(co.collname),
        coalesce(co.collisdeterministic, true), a.attnotnull, a.attgenerated,
        pg_get_expr(d.adbin, d.adrelid)
      FROM pg_attribute a
      CROSS JOIN LATERAL (
        WITH RECURSIVE t(oid, mod, kind, base, base_mod, nsp) AS (
          SELECT oid, a.atttypmod, typtype, typbasetype, typtypmod, typnamespace
            FROM pg_type WHERE oid = a.atttypid
          UNION ALL
          SELECT p.oid, t.base_mod, p.typtype, p.typbasetype, p.typtypmod, p.typnamespace
            FROM t JOIN pg_type p ON p.oid = t.base WHERE t.kind = 'd')
        SELECT * FROM t WHERE kind <> 'd') b
      JOIN pg_namespace bn ON bn.oid = b.nsp
      LEFT JOIN pg_collation co ON co.oid = a.attcollation
      LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attrelid = ANY (?::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
      ORDER BY a.attrelid, a.attnum
      """;

  private static final String PARTITIONS =
      """
      SELECT r.oid AS root, c.oid, n.nspname, c.relname, c.relkind,
        has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS readable,
        has_table_privilege(c.oid, 'TRIGGER') AS may_trigger,
        pg_has_role(c.relowner, 'USAGE') AS owned,
        (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
      FROM unnest(?::oid[]) r(oid) CROSS JOIN LATERAL pg_partition_tree(r.oid) t
      JOIN pg_class c ON c.oid = t.relid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE t.level > 0 ORDER BY c.oid
      """;

  /**
   * A table, view or whatever bears a name that users may mean.
   *
   * @param oid its number
   * @param id its name
   * @param kind {@code pg_class.relkind}
   * @param partition whether it is part of another
   * @param unlogged whether a crash empties it
   * @param readable whether we may read it
   * @param filtered whether row security would hide rows from us
   */
  record Entry(
      long oid,
      TableId id,
      String kind,
      boolean partition,
      boolean unlogged,
      boolean readable,
      boolean filtered,
      boolean mayTrigger,
      boolean owned,
      boolean inherits,
      boolean subscribed,
      List<String> key) {

    boolean isTable() {
      return (kind.equals("r") || kind.equals("p")) && !partition;
    }
  }

  private final Session session;
  private final String database;

  Catalogue(Session session) throws SQLException {
    this.session = session;
    this.database = session.text("SELECT current_database()");
  }

  /** All tables of users, and what may be taken for one; none of our own schema's. */
  List<Entry> entries(String ownSchema) throws SQLException {
    return session.rows(TABLES, this::entry, ownSchema);
  }

  private Entry entry(ResultSet row) throws SQLException {
    return new Entry(
        row.getLong("oid"),
        new TableId(database, row.getString("nspname"), row.getString("relname")),
        row.getString("relkind"),
        row.getBoolean("relispartition"),
        row.getString("relpersistence").equals("u"),
        row.getBoolean("readable"),
        row.getBoolean("filtered"),
        row.getBoolean("may_trigger"),
        row.getBoolean("owned"),
        row.getBoolean("inherits"),
        row.getBoolean("subscribed"),
        texts(row, "key"));
  }

  /** How some of them are made, in the order given. */
  List<Definition> definitions(List<Entry> tables) throws SQLException {
    String oids = oids(tables.stream().map(Entry::oid).toList());
    Map<Long, List<ColumnDefinition>> columns = new HashMap<>();
    session.rows(
        COLUMNS,
        row -> columns.computeIfAbsent(row.getLong(1), none -> new ArrayList<>()).add(column(row)),
        oids);
    Map<Long, List<Relation>> partitions = new HashMap<>();
    session.rows(
        PARTITIONS,
        row ->
            partitions
                .computeIfAbsent(row.getLong("root"), none -> new ArrayList<>())
                .add(partition(row)),
        oids);
    return tables.stream()
        .map(
            table ->
                definition(
                    table,
                    columns.getOrDefault(table.oid(), List.of()),
                    partitions.getOrDefault(table.oid(), List.of())))
        .toList();
  }

  private static Definition definition(
      Entry table, List<ColumnDefinition> columns, List<Relation> partitions) {
    Relation relation =
        new Relation(
            table.oid(),
            table.id().schema(),
            table.id().name(),
            columns.stream().map(ColumnDefinition::name).toList(),
            table.readable(),
            table.mayTrigger(),
            table.owned());
    return new Definition(
        table.id(),
        relation,
        table.kind().equals("p"),
        table.inherits(),
        table.subscribed(),
        // What is computed from the others is not sent, as logical decoding does not send it.
        columns.stream()
            .filter(c -> c.generated().isEmpty() || table.key().contains(c.name()))
            .toList(),
        table.key(),
        partitions);
  }

  private static ColumnDefinition column(ResultSet row) throws SQLException {
    return new ColumnDefinition(
        row.getString(2),
        row.getLong(3),
        row.getString(4),
        row.getString(5),
        row.getString(6),
        row.getString(7),
        row.getString(8),
        row.getBoolean(9),
        row.getBoolean(10),
        row.getString(11),
        row.getString(12));
  }

  private static Relation partition(ResultSet row) throws SQLException {
    return new Relation(
        row.getLong("oid"),
        row.getString("nspname"),
        row.getString("relname"),
        texts(row, "columns"),
        row.getBoolean("readable"),
        row.getBoolean("may_trigger"),
        row.getBoolean("owned"));
  }

  /** Numbers as the text of an array. */
  static String oids(Collection<Long> oids) {
    return oids.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
  }

  private static List<String> texts(ResultSet row, String column) throws SQLException {
    Array array = row.getArray(column);
    return array == null
        ? List.of()
        : Arrays.stream((Object[]) array.getArray()).map(String::valueOf).toList();
  }
}
