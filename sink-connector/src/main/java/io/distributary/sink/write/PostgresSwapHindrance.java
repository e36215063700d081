package io.distributary.sink.write;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Whether another table can take a table's place. All that {@link PostgresTableScript} gives to the
 * new table may hang on the old one; whatever else depends on it, by PostgreSQL's own list, keeps
 * it where it is.
 */
final class PostgresSwapHindrance {
  private static final String QUERY =
      """
      WITH r AS (SELECT c.*, c.oid AS id FROM pg_class c WHERE c.oid = ?::text::regclass)
      SELECT coalesce(
        (SELECT 'it is partitioned' FROM r WHERE relkind = 'p'),
        (SELECT 'it is a partition' FROM r WHERE relispartition),
        (SELECT 'tables inherit from each other' FROM r JOIN pg_inherits h
          ON r.id IN (h.inhrelid, h.inhparent) LIMIT 1),
        (SELECT 'it is of type ' || reloftype::regtype FROM r WHERE reloftype <> 0),
        (SELECT 'user ' || current_user || ' does not own it, ' || relowner::regrole || ' does'
          FROM r WHERE NOT pg_has_role(relowner, 'USAGE')),
        (SELECT 'user ' || rolname || ' may not create tables in schema ' || relnamespace::regnamespace
          FROM r JOIN pg_roles u ON u.rolname = current_user OR u.oid = r.relowner
            AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
          WHERE NOT has_schema_privilege(u.oid, relnamespace, 'CREATE') LIMIT 1),
        (SELECT 'user ' || current_user || ' may not create tables in tablespace ' || s.spcname
          FROM r JOIN pg_class c ON c.oid = r.id
            OR c.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = r.id)
          JOIN pg_tablespace s ON s.oid = c.reltablespace
          WHERE NOT has_tablespace_privilege(s.oid, 'CREATE') LIMIT 1),
        (SELECT 'user ' || current_user || ' may not use ' || t.tgfoid::regprocedure
          || ' for triggers' FROM r JOIN pg_trigger t ON t.tgrelid = r.id AND NOT t.tgisinternal
          WHERE NOT has_function_privilege(t.tgfoid, 'EXECUTE') LIMIT 1),
        (SELECT 'user ' || current_user || ' does not own its statistics object ' || e.stxname
          FROM r JOIN pg_statistic_ext e ON e.stxrelid = r.id
          WHERE NOT pg_has_role(e.stxowner, 'USAGE') LIMIT 1),
        (SELECT 'it has row security' FROM r WHERE relrowsecurity OR relforcerowsecurity),
        (SELECT 'it has policies' FROM r JOIN pg_policy p ON p.polrelid = r.id LIMIT 1),
        (SELECT 'rule ' || quote_ident(w.rulename) || ' hangs on it'
          FROM r JOIN pg_rewrite w ON w.ev_class = r.id LIMIT 1),
        (SELECT 'foreign key ' || quote_ident(k.conname) || ' of ' || k.conrelid::regclass
          || ' refers to it'
          FROM r JOIN pg_constraint k ON k.confrelid = r.id AND k.contype = 'f' LIMIT 1),
        (SELECT 'its foreign key ' || quote_ident(k.conname) || ' refers to ' || k.confrelid::regclass
          || ', whose rows may come later'
          FROM r JOIN pg_constraint k ON k.conrelid = r.id AND k.contype = 'f' LIMIT 1),
        (SELECT 'publication ' || quote_ident(p.pubname) || ' names it'
          FROM r JOIN pg_publication_rel m ON m.prrelid = r.id
          JOIN pg_publication p ON p.oid = m.prpubid LIMIT 1),
        (SELECT 'publication ' || quote_ident(p.pubname) || ' has all tables of its schema'
          FROM r JOIN pg_namespace n ON n.oid = r.relnamespace
          JOIN pg_publication_tables p ON p.schemaname = n.nspname AND p.tablename = r.relname
          LIMIT 1),
        (SELECT 'a subscription writes it'
          FROM r JOIN pg_subscription_rel m ON m.srrelid = r.id LIMIT 1),
        (SELECT 'it has a security label' FROM r JOIN pg_seclabel l
          ON l.classoid = 'pg_class'::regclass AND l.objoid = r.id LIMIT 1),
        (SELECT 'extension ' || quote_ident(e.extname) || ' made it' FROM r JOIN pg_depend d
          ON d.classid = 'pg_class'::regclass AND d.objid = r.id AND d.deptype = 'e'
          JOIN pg_extension e ON e.oid = d.refobjid LIMIT 1),
        (SELECT 'its index ' || i.indexrelid::regclass || ' is not valid'
          FROM r JOIN pg_index i ON i.indrelid = r.id AND NOT i.indisvalid LIMIT 1),
        (SELECT 'role ' || a.grantor::regrole || ', who does not own it, granted privileges on it'
          FROM r, LATERAL (SELECT r.relacl UNION ALL SELECT a.attacl FROM pg_attribute a
            WHERE a.attrelid = r.id AND NOT a.attisdropped) l(acl), aclexplode(l.acl) a
          WHERE a.grantor <> r.relowner LIMIT 1),
        (SELECT pg_describe_object(d.classid, d.objid, d.objsubid) || ' depends on it'
          FROM r JOIN pg_depend d
          ON (d.refclassid = 'pg_class'::regclass AND (d.refobjid = r.id OR d.refobjid IN
            (SELECT i.objid FROM pg_depend i JOIN pg_class q ON q.oid = i.objid AND q.relkind = 'S'
              WHERE i.classid = 'pg_class'::regclass AND i.refclassid = 'pg_class'::regclass
              AND i.refobjid = r.id AND i.deptype = 'i')))
          OR (d.refclassid = 'pg_type'::regclass
            AND d.refobjid IN (r.reltype, (SELECT typarray FROM pg_type WHERE oid = r.reltype)))
          WHERE NOT (d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i'))
          AND NOT (d.classid = 'pg_class'::regclass
            AND d.objid IN (SELECT indexrelid FROM pg_index WHERE indrelid = r.id))
          AND NOT (d.classid = 'pg_constraint'::regclass
            AND d.objid IN (SELECT oid FROM pg_constraint WHERE conrelid = r.id))
          AND NOT (d.classid = 'pg_attrdef'::regclass
            AND d.objid IN (SELECT oid FROM pg_attrdef WHERE adrelid = r.id))
          AND NOT (d.classid = 'pg_trigger'::regclass
            AND d.objid IN (SELECT oid FROM pg_trigger WHERE tgrelid = r.id))
          AND NOT (d.classid = 'pg_statistic_ext'::regclass
            AND d.objid IN (SELECT oid FROM pg_statistic_ext WHERE stxrelid = r.id))
          AND NOT (d.classid = 'pg_type'::regclass AND d.deptype = 'i')
          ORDER BY 1 LIMIT 1))
      """;

  private PostgresSwapHindrance() {}

  /** Why the table must stay; null if it need not. */
  static String of(Connection connection, Relation relation) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
      statement.setString(1, relation.identifier());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }
}
