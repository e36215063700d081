package io.distributary.source.postgres.trigger;

import io.distributary.source.postgres.trigger.Triggers.Trigger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The triggers of ours that stand on relations.
 *
 * <p>The catalogue's row versions tell whether a trigger was there all the time: one that was
 * dropped and made again, or disabled for a while, has another.
 */
final class Present {
  private static final String TRIGGERS =
      """
      SELECT t.tgrelid, t.tgname, t.tgtype, t.tgenabled,
        t.oid || '.' || t.xmin || '.' || p.oid || '.' || p.xmin AS version,
        p.proname, p.prosrc, p.prosecdef, p.proconfig IS NOT NULL AS configured
      FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
        JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE t.tgrelid = ANY (?::oid[]) AND n.nspname = ? AND NOT t.tgisinternal
        AND p.proname LIKE 'distributary\\_%'
      ORDER BY t.oid
      """;

  private record Found(
      int type,
      String enabled,
      String version,
      String function,
      String body,
      boolean definer,
      boolean configured) {}

  private final Map<Long, Map<String, Found>> found = new HashMap<>();

  private Present() {}

  static Present on(Collection<Long> relations, Session session, String schema)
      throws SQLException {
    Present present = new Present();
    session.rows(
        TRIGGERS,
        row ->
            present
                .found
                .computeIfAbsent(row.getLong("tgrelid"), none -> new HashMap<>())
                .put(row.getString("tgname"), found(row)),
        Catalogue.oids(relations),
        schema);
    return present;
  }

  private static Found found(ResultSet row) throws SQLException {
    return new Found(
        row.getInt("tgtype"),
        row.getString("tgenabled"),
        row.getString("version"),
        row.getString("proname"),
        row.getString("prosrc"),
        row.getBoolean("prosecdef"),
        row.getBoolean("configured"));
  }

  /** Whether the trigger is as it must be. */
  boolean has(Trigger trigger) {
    Found there = found.getOrDefault(trigger.relation().oid(), Map.of()).get(trigger.name());
    return there != null
        && there.type == trigger.type()
        && there.function.equals(trigger.function())
        && there.body.equals(trigger.body())
        && there.definer
        && there.configured == trigger.functionSql().contains(" SET ")
        && (there.enabled.equals("A")
            || (there.enabled.equals("O") && !trigger.relation().owned()));
  }

  /** The versions of a relation's, in a text that is the same until one of them is touched. */
  String versions(List<Trigger> triggers, Relation relation) {
    StringBuilder versions = new StringBuilder().append(relation.oid());
    for (Trigger trigger : triggers) {
      if (trigger.relation().oid() == relation.oid()) {
        Found there = found.getOrDefault(relation.oid(), Map.of()).get(trigger.name());
        versions.append(' ').append(there == null ? "-" : there.version);
      }
    }
    return versions.toString();
  }
}
