package io.distributary.source.postgres.trigger;

import java.sql.SQLException;
import java.util.Collection;

/**
 * What the catalogue says about the captured tables, as one text. Where it is the same at two
 * times, nothing was altered between them, and no table was truncated or rewritten: these two show
 * at once to views that were opened before.
 */
final class Stamp {
  private static final String STAMP =
      """
      WITH r AS MATERIALIZED (
        SELECT c.oid FROM unnest(?::oid[]) o(oid) JOIN pg_class c ON c.oid = o.oid
        UNION
        SELECT p.relid FROM unnest(?::oid[]) o(oid) JOIN pg_class c ON c.oid = o.oid
          CROSS JOIN LATERAL pg_partition_tree(o.oid) p WHERE c.relkind = 'p')
      SELECT md5(concat_ws('|',
        (SELECT string_agg(concat_ws(' ', c.oid, c.relnamespace, c.relname, c.relowner,
             c.relpersistence, c.relrowsecurity, pg_relation_filenode(c.oid)), ';' ORDER BY c.oid)
           FROM pg_class c JOIN r ON r.oid = c.oid),
        (SELECT string_agg(concat_ws(' ', a.attrelid, a.attnum, a.xmin), ';'
             ORDER BY a.attrelid, a.attnum)
           FROM pg_attribute a JOIN r ON r.oid = a.attrelid WHERE a.attnum > 0),
        (SELECT string_agg(concat_ws(' ', d.oid, d.xmin), ';' ORDER BY d.oid)
           FROM pg_attrdef d JOIN r ON r.oid = d.adrelid),
        (SELECT string_agg(concat_ws(' ', i.indexrelid, i.indisvalid), ';' ORDER BY i.indexrelid)
           FROM pg_index i JOIN r ON r.oid = i.indrelid WHERE i.indisunique),
        (SELECT string_agg(concat_ws(' ', i.inhrelid, i.inhparent), ';'
             ORDER BY i.inhrelid, i.inhparent)
           FROM pg_inherits i WHERE i.inhrelid IN (SELECT oid FROM r)
             OR i.inhparent IN (SELECT oid FROM r)),
        (SELECT string_agg(concat_ws(' ', t.oid, t.xmin, p.oid, p.xmin), ';' ORDER BY t.oid)
           FROM pg_trigger t JOIN r ON r.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
           WHERE NOT t.tgisinternal AND p.proname LIKE 'distributary\\_%'),
        (SELECT string_agg(concat_ws(' ', c.oid, c.relname), ';' ORDER BY c.oid)
           FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname = ? AND c.relname IN ('distributary_log', 'distributary_meta',
             'distributary_table', 'distributary_signal'))))
      """;

  private Stamp() {}

  static String of(Session session, Collection<Long> tables, String schema) throws SQLException {
    String oids = Catalogue.oids(tables);
    return session.text(STAMP, oids, oids, schema);
  }
}
