package io.distributary.source.postgres.trigger;

import io.distributary.core.relation.Names;
import io.distributary.source.capture.CaptureException;
import io.distributary.source.postgres.trigger.Triggers.Trigger;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One table's triggers: what is there, what was, and what must be. */
final class TableInstallation {
  private static final Logger LOG = LoggerFactory.getLogger(TableInstallation.class);

  private static final String COLUMNS_CHANGED = "its columns changed";

  private final CapturedTable table;
  private final Session session;
  private final Log log;
  private final TriggerCaptureSettings settings;
  private final String role;
  private final List<Trigger> wanted;
  private final List<Trigger> lacking = new ArrayList<>();

  /** What was remembered of it; null where nothing is. */
  private String shape;

  private final Map<Long, String> versions = new LinkedHashMap<>();
  private Map<Long, String> present;

  private TableInstallation(
      CapturedTable table, Session session, Log log, TriggerCaptureSettings settings, String role) {
    this.table = table;
    this.session = session;
    this.log = log;
    this.settings = settings;
    this.role = role;
    this.wanted = Triggers.of(table.definition(), table.key(), settings);
  }

  static TableInstallation look(
      CapturedTable table, Session session, Log log, TriggerCaptureSettings settings, String role)
      throws SQLException {
    TableInstallation installation = new TableInstallation(table, session, log, settings, role);
    installation.lookAround();
    return installation;
  }

  private void lookAround() throws SQLException {
    Present there = present();
    wanted.stream().filter(trigger -> !there.has(trigger)).forEach(lacking::add);
    present = versions(there);
    session.rows(
        "SELECT shape, triggers FROM " + log.sql(Log.TABLES) + " WHERE tab = ?",
        row -> {
          shape = row.getString(1);
          row.getString(2).lines().forEach(this::remember);
          return null;
        },
        table.oid());
  }

  private void remember(String line) {
    versions.put(Long.valueOf(line.substring(0, line.indexOf(' '))), line);
  }

  private Present present() throws SQLException {
    List<Long> relations = table.definition().relations().stream().map(Relation::oid).toList();
    return Present.on(relations, session, settings.schema());
  }

  private Map<Long, String> versions(Present there) {
    Map<Long, String> found = new LinkedHashMap<>();
    for (Relation relation : table.definition().relations()) {
      found.put(relation.oid(), there.versions(wanted, relation));
    }
    return found;
  }

  /** Whether nothing is to be done. */
  boolean complete() {
    return lacking.isEmpty()
        && Shape.of(table.definition()).equals(shape)
        && versions.equals(present);
  }

  /** Does what is to be done, in the caller's transaction. */
  void complement() throws SQLException {
    String reason = reason();
    for (Trigger trigger : lacking) {
      create(trigger);
    }
    if (reason != null) {
      LOG.info("Table {} begins anew: {}", table.name(), reason);
      if (reason.equals(COLUMNS_CHANGED)) {
        // Triggers of before may have taken other columns for the key.
        log.forget(table.oid());
      }
      log.installed(table.oid());
    } else {
      for (Relation partition : added()) {
        session.update(Triggers.logAll(table.definition(), table.key(), partition, settings));
      }
    }
    session.update(
        "INSERT INTO "
            + log.sql(Log.TABLES)
            + " (tab, name, shape, triggers) VALUES (?, ?, ?, ?) ON CONFLICT (tab) DO UPDATE SET"
            + " name = excluded.name, shape = excluded.shape, triggers = excluded.triggers",
        table.oid(),
        table.name(),
        Shape.of(table.definition()),
        String.join("\n", versions(present()).values()));
  }

  private void create(Trigger trigger) throws SQLException {
    if (!trigger.relation().mayTrigger()) {
      throw new CaptureException(
          "Triggers may not be created on "
              + trigger.relation().sql()
              + ". GRANT TRIGGER ON "
              + trigger.relation().sql()
              + " TO "
              + role
              + ", or exclude the table with table.exclude.list");
    }
    if (table.definition().subscribed() && !trigger.relation().owned()) {
      throw new CaptureException(
          "Logical replication writes to "
              + trigger.relation().sql()
              + ", and only its owner can let triggers see that. GRANT its owner's role TO "
              + role
              + ", or exclude the table with table.exclude.list");
    }
    session.execute(trigger.functionSql());
    session.execute(
        "REVOKE ALL ON FUNCTION %s.%s() FROM PUBLIC"
            .formatted(Names.quoted(settings.schema()), Names.quoted(trigger.function())));
    session.execute(trigger.triggerSql());
    if (trigger.relation().owned()) {
      session.execute(trigger.alwaysSql());
    }
  }

  /** Why the table must be read whole; null where that is not needed. */
  private String reason() {
    if (shape == null) {
      return "it is new";
    } else if (!Shape.covers(shape, table.definition())) {
      return COLUMNS_CHANGED;
    } else if (!present.keySet().containsAll(versions.keySet())) {
      return "a partition was taken from it";
    } else if (!added().stream().allMatch(Relation::mayRead)) {
      return "it got a partition, which we may not read alone";
    }
    boolean untouched =
        versions.entrySet().stream().allMatch(e -> e.getValue().equals(present.get(e.getKey())));
    boolean asTheyMustBe =
        lacking.stream().noneMatch(trigger -> versions.containsKey(trigger.relation().oid()));
    return untouched && asTheyMustBe ? null : "its triggers were not as they must be";
  }

  private List<Relation> added() {
    return table.definition().relations().stream()
        .filter(relation -> !versions.containsKey(relation.oid()))
        .toList();
  }
}
