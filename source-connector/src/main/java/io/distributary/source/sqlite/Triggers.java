package io.distributary.source.sqlite;

import io.distributary.core.relation.Names;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The triggers that write the keys of a table's touched rows to the log. */
final class Triggers {
  /** What the names of all our tables and triggers begin with. */
  static final String PREFIX = "distributary_";

  private final CapturedTable table;
  private final Map<String, String> sqlByName = new LinkedHashMap<>();

  private Triggers(CapturedTable table) {
    this.table = table;
  }

  /** The {@code CREATE TRIGGER} statements by the triggers' names. */
  static Map<String, String> of(CapturedTable table) {
    Triggers triggers = new Triggers(table);
    TableKey key = table.key();
    String same = key.same("OLD.", "NEW.");
    triggers.add("insert", "AFTER INSERT", "", triggers.log("'c'", "NEW."));
    triggers.add(
        "update",
        "AFTER UPDATE",
        "",
        triggers.log("CASE WHEN " + same + " THEN 'u' ELSE 'd' END", "OLD.")
            + triggers.log(
                "SELECT %s, 'c', %s WHERE NOT (%s)"
                    .formatted(Names.literal(table.name()), key.values("NEW."), same)));
    triggers.add("delete", "AFTER DELETE", "", triggers.log("'d'", "OLD."));
    triggers.addVictims(Victims.of(table));
    return triggers.sqlByName;
  }

  /** The names of our triggers in a database, each with the table it stands on. */
  static List<String[]> present(Session session) throws SQLException {
    List<String[]> triggers = new ArrayList<>();
    String sql =
        "SELECT name, tbl_name FROM main.sqlite_master"
            + " WHERE type = 'trigger' AND name LIKE 'distributary^_%' ESCAPE '^'";
    try (PreparedStatement query = session.prepare(sql);
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        triggers.add(new String[] {rows.getString(1), rows.getString(2)});
      }
    }
    return triggers;
  }

  private void addVictims(Victims victims) {
    if (victims.isEmpty()) {
      return;
    }
    StringBuilder inserting = new StringBuilder();
    StringBuilder updating = new StringBuilder();
    for (String condition : victims.conditions()) {
      String found =
          "SELECT %s, 'd', %s FROM %s WHERE %s"
              .formatted(
                  Names.literal(table.name()), table.key().values(""), table.sql(), condition);
      inserting.append(log(found));
      updating.append(log(found + " AND NOT (" + table.key().same("", "OLD.") + ")"));
    }
    add("replace_insert", "BEFORE INSERT", victims.insertGuard(), inserting.toString());
    add("replace_update", "BEFORE UPDATE" + victims.updateOf(), "", updating.toString());
  }

  private String log(String op, String row) {
    return log(
        "VALUES (%s, %s, %s)".formatted(Names.literal(table.name()), op, table.key().values(row)));
  }

  private String log(String rows) {
    return " INSERT INTO "
        + Log.TABLE
        + "(\"table\", op, "
        + table.key().logged("")
        + ") "
        + rows
        + ";\n";
  }

  private void add(String kind, String event, String guard, String body) {
    String name = PREFIX + kind + "_" + table.name();
    sqlByName.put(
        name,
        "CREATE TRIGGER %s %s ON %s%s BEGIN\n%sEND"
            .formatted(Names.quoted(name), event, table.sql(), guard, body));
  }
}
