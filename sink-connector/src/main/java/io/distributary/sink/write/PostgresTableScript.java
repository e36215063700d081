package io.distributary.sink.write;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The statements that make a new table like an old one, read from the catalogue. {@code old} and
 * {@code new} are the tables' numbers, {@code name} is the old one's identifier.
 */
final class PostgresTableScript {
  private static final String TABLES =
      """
      WITH o AS (
        SELECT c.*, c.oid AS id, ?::text AS name, n.nspname FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = ?::text::regclass),
      p AS (SELECT ?::text AS name)
      """;

  /** Makes the empty table. */
  private static final String CREATE =
      """
      SELECT format(
        'SET LOCAL default_tablespace = %L; '
        || 'CREATE %s TABLE %s (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED'
        || ' INCLUDING IDENTITY INCLUDING STORAGE INCLUDING COMMENTS%s) USING %I%s; '
        || 'SET LOCAL default_tablespace = DEFAULT',
        coalesce((SELECT spcname FROM pg_tablespace WHERE oid = o.reltablespace), ''),
        CASE o.relpersistence WHEN 'u' THEN 'UNLOGGED' ELSE '' END, p.name, o.name,
        CASE WHEN current_setting('server_version_num')::int >= 140000
          THEN ' INCLUDING COMPRESSION' ELSE '' END,
        (SELECT amname FROM pg_am WHERE oid = o.relam),
        (SELECT ' WITH (' || string_agg(option, ', ') || ')' FROM (
          SELECT unnest(o.reloptions) UNION ALL
          SELECT 'toast.' || unnest(t.reloptions) FROM pg_class t WHERE t.oid = o.reltoastrelid
        ) s(option) HAVING count(*) > 0))
      FROM o, p
      """;

  /** Builds what is quicker built over rows that are there: indexes, then constraints. */
  private static final String BUILD =
      """
      SELECT format('SET LOCAL default_tablespace = %L; ', coalesce(spcname, '')) || s
        || '; SET LOCAL default_tablespace = DEFAULT'
      FROM (
        SELECT 1 AS phase, x.reltablespace, i.indexrelid AS at,
          format('CREATE %sINDEX %I ON %s ', CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END,
            'distributary_' || i.indexrelid, p.name)
          || substr(pg_get_indexdef(i.indexrelid), 1 + length(
            format('CREATE %sINDEX %I ON %I.%I ', CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END,
            x.relname, o.nspname, o.relname))) AS s
        FROM o, p, pg_index i JOIN pg_class x ON x.oid = i.indexrelid
        WHERE i.indrelid = o.id AND NOT i.indisexclusion
        UNION ALL
        SELECT 2, x.reltablespace, k.oid,
          CASE WHEN k.contype IN ('p', 'u') AND NOT i.indisexclusion
          THEN format('ALTER TABLE %s ADD CONSTRAINT %I %s USING INDEX %I%s%s', p.name,
            'distributary_' || i.indexrelid,
            CASE k.contype WHEN 'p' THEN 'PRIMARY KEY' ELSE 'UNIQUE' END,
            'distributary_' || i.indexrelid,
            CASE WHEN k.condeferrable THEN ' DEFERRABLE' ELSE '' END,
            CASE WHEN k.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END)
          ELSE format('ALTER TABLE %s ADD CONSTRAINT %I %s', p.name,
            'distributary_' || k.conindid, pg_get_constraintdef(k.oid)) END
        FROM o, p, pg_constraint k JOIN pg_index i ON i.indexrelid = k.conindid
        JOIN pg_class x ON x.oid = i.indexrelid
        WHERE k.conrelid = o.id AND k.contype IN ('p', 'u', 'x')
      ) s LEFT JOIN pg_tablespace ON pg_tablespace.oid = reltablespace ORDER BY phase, at
      """;

  /**
   * Gives the new table the old one's owner, and then, just before the old one is dropped, what
   * would be dropped with it.
   */
  private static final String KEEP =
      """
      SELECT format('ALTER TABLE %s OWNER TO %s', p.name, o.relowner::regrole)
      FROM o, p WHERE o.relowner <> (SELECT oid FROM pg_roles WHERE rolname = current_user)
      UNION ALL
      SELECT format('ALTER SEQUENCE %s OWNED BY %s.%I', d.objid::regclass, p.name, a.attname)
      FROM o, p, pg_depend d JOIN pg_class q ON q.oid = d.objid AND q.relkind = 'S',
        pg_attribute a
      WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
        AND d.refobjid = o.id AND d.deptype = 'a'
        AND a.attrelid = o.id AND a.attnum = d.refobjsubid
      """;

  /** Names and finishes the new table, which by then bears the old one's name. */
  private static final String FINISH =
      """
      SELECT s FROM (
        SELECT 1 AS phase, i.indexrelid AS at,
          CASE WHEN k.oid IS NULL
          THEN format('ALTER INDEX %I.%I RENAME TO %I', o.nspname, 'distributary_' || i.indexrelid,
            x.relname)
          ELSE format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', o.name,
            'distributary_' || i.indexrelid, k.conname) END AS s
        FROM o, pg_index i JOIN pg_class x ON x.oid = i.indexrelid
        LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid
          AND k.contype IN ('p', 'u', 'x')
        WHERE i.indrelid = o.id
        UNION ALL
        SELECT 2, t.oid, pg_get_triggerdef(t.oid)
        FROM o, pg_trigger t WHERE t.tgrelid = o.id AND NOT t.tgisinternal
        UNION ALL
        SELECT 3, t.oid, format('ALTER TABLE %s %s TRIGGER %I', o.name,
          CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'A' THEN 'ENABLE ALWAYS'
            ELSE 'ENABLE REPLICA' END, t.tgname)
        FROM o, pg_trigger t WHERE t.tgrelid = o.id AND NOT t.tgisinternal AND t.tgenabled <> 'O'
        UNION ALL
        SELECT 4, e.oid, pg_get_statisticsobjdef(e.oid)
        FROM o, pg_statistic_ext e WHERE e.stxrelid = o.id
        UNION ALL
        SELECT 5, e.oid, format('ALTER STATISTICS %I.%I SET STATISTICS %s', n.nspname, e.stxname,
          to_jsonb(e) ->> 'stxstattarget')
        FROM o, pg_statistic_ext e JOIN pg_namespace n ON n.oid = e.stxnamespace
        WHERE e.stxrelid = o.id AND (to_jsonb(e) ->> 'stxstattarget')::int >= 0
        UNION ALL
        SELECT 6, e.oid, format('ALTER STATISTICS %I.%I OWNER TO %s', n.nspname, e.stxname,
          e.stxowner::regrole)
        FROM o, pg_statistic_ext e JOIN pg_namespace n ON n.oid = e.stxnamespace
        WHERE e.stxrelid = o.id
          AND e.stxowner <> (SELECT oid FROM pg_roles WHERE rolname = current_user)
        UNION ALL
        SELECT 5, i.indexrelid, format('ALTER TABLE %s CLUSTER ON %I', o.name, x.relname)
        FROM o, pg_index i JOIN pg_class x ON x.oid = i.indexrelid
        WHERE i.indrelid = o.id AND i.indisclustered
        UNION ALL
        SELECT 6, o.id, format('ALTER TABLE %s REPLICA IDENTITY %s', o.name,
          CASE o.relreplident WHEN 'n' THEN 'NOTHING' WHEN 'f' THEN 'FULL' ELSE
            (SELECT format('USING INDEX %I', x.relname) FROM pg_index i
              JOIN pg_class x ON x.oid = i.indexrelid
              WHERE i.indrelid = o.id AND i.indisreplident) END)
        FROM o WHERE o.relreplident <> 'd'
        UNION ALL
        SELECT 7, a.attnum, format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS %s', o.name,
          a.attname, a.attstattarget)
        FROM o, pg_attribute a WHERE a.attrelid = o.id AND a.attnum > 0 AND NOT a.attisdropped
          AND coalesce(a.attstattarget, -1) >= 0
        UNION ALL
        SELECT 7, a.attrelid, format('ALTER INDEX %I.%I ALTER COLUMN %s SET STATISTICS %s',
          o.nspname, x.relname, a.attnum, a.attstattarget)
        FROM o, pg_index i JOIN pg_class x ON x.oid = i.indexrelid
        JOIN pg_attribute a ON a.attrelid = x.oid
        WHERE i.indrelid = o.id AND coalesce(a.attstattarget, -1) >= 0
        UNION ALL
        SELECT 8, a.attnum, format('ALTER TABLE %s ALTER COLUMN %I SET (%s)', o.name, a.attname,
          array_to_string(a.attoptions, ', '))
        FROM o, pg_attribute a WHERE a.attrelid = o.id AND a.attnum > 0 AND NOT a.attisdropped
          AND a.attoptions IS NOT NULL
        UNION ALL
        SELECT 9, 0, format('COMMENT ON TABLE %s IS %L', o.name, obj_description(o.id, 'pg_class'))
        FROM o WHERE obj_description(o.id, 'pg_class') IS NOT NULL
        UNION ALL
        SELECT 9, i.indexrelid, format('COMMENT ON INDEX %s IS %L', i.indexrelid::regclass,
          obj_description(i.indexrelid, 'pg_class'))
        FROM o, pg_index i
        WHERE i.indrelid = o.id AND obj_description(i.indexrelid, 'pg_class') IS NOT NULL
        UNION ALL
        SELECT 9, k.oid, format('COMMENT ON CONSTRAINT %I ON %s IS %L', k.conname, o.name,
          obj_description(k.oid, 'pg_constraint'))
        FROM o, pg_constraint k
        WHERE k.conrelid = o.id AND obj_description(k.oid, 'pg_constraint') IS NOT NULL
        UNION ALL
        SELECT 9, t.oid, format('COMMENT ON TRIGGER %I ON %s IS %L', t.tgname, o.name,
          obj_description(t.oid, 'pg_trigger'))
        FROM o, pg_trigger t
        WHERE t.tgrelid = o.id AND obj_description(t.oid, 'pg_trigger') IS NOT NULL
        UNION ALL
        SELECT 9, e.oid, format('COMMENT ON STATISTICS %I.%I IS %L', n.nspname, e.stxname,
          obj_description(e.oid, 'pg_statistic_ext'))
        FROM o, pg_statistic_ext e JOIN pg_namespace n ON n.oid = e.stxnamespace
        WHERE e.stxrelid = o.id AND obj_description(e.oid, 'pg_statistic_ext') IS NOT NULL
        UNION ALL
        SELECT 11, 0, format('REVOKE ALL ON TABLE %s FROM %s', o.name,
          CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END)
        FROM o, p, pg_class c, aclexplode(c.relacl) g WHERE c.oid = p.name::regclass
        UNION ALL
        SELECT 12, 0, format('GRANT %s ON TABLE %s TO %s%s', g.privilege_type, o.name,
          CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END,
          CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
        FROM o, p, pg_class c, aclexplode(coalesce(o.relacl, acldefault('r', o.relowner))) g
        WHERE c.oid = p.name::regclass AND (o.relacl IS NOT NULL OR c.relacl IS NOT NULL)
        UNION ALL
        SELECT 13, a.attnum, format('GRANT %s (%I) ON TABLE %s TO %s%s', g.privilege_type,
          a.attname, o.name,
          CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END,
          CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
        FROM o, pg_attribute a, aclexplode(a.attacl) g
        WHERE a.attrelid = o.id AND NOT a.attisdropped
      ) s ORDER BY phase, at
      """;

  private final Connection connection;
  private final String old;
  private final String replacement;

  /** The script for two tables, given by their identifiers. */
  PostgresTableScript(Connection connection, String old, String replacement) {
    this.connection = connection;
    this.old = old;
    this.replacement = replacement;
  }

  String create() throws SQLException {
    return statements(CREATE).get(0);
  }

  List<String> build() throws SQLException {
    return statements(BUILD);
  }

  List<String> keep() throws SQLException {
    return statements(KEEP);
  }

  List<String> finish() throws SQLException {
    return statements(FINISH);
  }

  private List<String> statements(String query) throws SQLException {
    List<String> statements = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(TABLES + query)) {
      statement.setString(1, old);
      statement.setString(2, old);
      statement.setString(3, replacement);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          statements.add(row.getString(1));
        }
      }
    }
    return statements;
  }
}
