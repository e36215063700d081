package io.distributary.source.postgres.trigger;

import io.distributary.core.relation.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The triggers that write the keys of a table's touched rows to the log, and their functions.
 *
 * <p>A user's write must never fail because of them. So they take columns by their place, not by
 * their name, and fill up with nulls should there be too few: a column that was renamed or dropped
 * makes them log what is of no use, until the capture notices the change and reads the table anew.
 */
final class Triggers {
  /** What the names of all our tables and functions begin with. */
  static final String PREFIX = "distributary_";

  private static final int ROW = 1;
  private static final int BEFORE = 2;
  private static final int INSERT = 4;
  private static final int DELETE = 8;
  private static final int UPDATE = 16;
  private static final int TRUNCATE = 32;

  /** How the catalogue calls a column's place in a row that is taken apart. */
  private static final String PLACE = PREFIX;

  private final Definition table;
  private final TableKey key;
  private final String schema;
  private final boolean keysOfTruncated;

  /**
   * What must stand on a relation.
   *
   * @param relation the table or partition
   * @param name the trigger's name
   * @param type the bits of {@code pg_trigger.tgtype}
   * @param function the function's name, in our schema
   * @param body the function's source
   * @param functionSql how the function is made
   * @param triggerSql how the trigger is made
   */
  record Trigger(
      Relation relation,
      String name,
      int type,
      String function,
      String body,
      String functionSql,
      String triggerSql) {

    /** How it is made to fire also for what is replicated; only the table's owner may say so. */
    String alwaysSql() {
      return "ALTER TABLE " + relation.sql() + " ENABLE ALWAYS TRIGGER " + Names.quoted(name);
    }
  }

  private Triggers(Definition table, TableKey key, TriggerCaptureSettings settings) {
    this.table = table;
    this.key = key;
    this.schema = settings.schema();
    this.keysOfTruncated = !settings.snapshots().emptied();
  }

  /** All that a table needs, on itself and its partitions. */
  static List<Trigger> of(Definition table, TableKey key, TriggerCaptureSettings settings) {
    Triggers triggers = new Triggers(table, key, settings);
    List<Trigger> all = new ArrayList<>();
    for (Relation relation : table.relations()) {
      all.add(triggers.inserted(relation));
      all.add(triggers.updated(relation));
      all.add(triggers.deleted(relation));
      all.add(triggers.truncated(relation));
    }
    return all;
  }

  /** Logs the keys of rows that were there before there were triggers on them. */
  static String logAll(
      Definition table, TableKey key, Relation partition, TriggerCaptureSettings settings) {
    Triggers triggers = new Triggers(table, key, settings);
    return triggers.log("'c'", partition, "SELECT t.* FROM ONLY " + partition.sql() + " t");
  }

  private Trigger inserted(Relation relation) {
    String rows = table.byRow() ? "SELECT NEW.*" : "SELECT t.* FROM new_rows t";
    return trigger(
        relation,
        "insert",
        INSERT,
        "REFERENCING NEW TABLE AS new_rows",
        log("'c'", relation, rows) + ";");
  }

  private Trigger deleted(Relation relation) {
    String rows = table.byRow() ? "SELECT OLD.*" : "SELECT t.* FROM old_rows t";
    return trigger(
        relation,
        "delete",
        DELETE,
        "REFERENCING OLD TABLE AS old_rows",
        log("'d'", relation, rows) + ";");
  }

  /** Old and new rows are not joined, for a plan made for few rows would be kept for many. */
  private Trigger updated(Relation relation) {
    String newRows = table.byRow() ? "SELECT NEW.*" : "SELECT t.* FROM new_rows t";
    String oldRows = table.byRow() ? "SELECT OLD.*" : "SELECT t.* FROM old_rows t";
    String keys = key.logged("");
    String body =
        "INSERT INTO "
            + log()
            + " (tab, op, "
            + keys
            + ")\nSELECT "
            + table.oid()
            + ", CASE WHEN NOT pg_catalog.bool_or(o) THEN 'c' WHEN pg_catalog.bool_or(n) THEN 'u'"
            + " ELSE 'd' END::pg_catalog.\"char\", "
            + keys
            + "\nFROM (SELECT true AS n, false AS o, "
            + texts(relation)
            + "\n  FROM "
            + padded(relation, newRows)
            + "\n  UNION ALL SELECT false, true, "
            + texts(relation)
            + "\n  FROM "
            + padded(relation, oldRows)
            + ") r GROUP BY "
            + keys
            + ";";
    return trigger(
        relation,
        "update",
        UPDATE,
        "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
        body);
  }

  private Trigger truncated(Relation relation) {
    if (!keysOfTruncated) {
      String body = "INSERT INTO " + log() + " (tab, op) VALUES (" + table.oid() + ", 't');";
      return trigger(relation, "truncate", TRUNCATE, "", body);
    }
    // The table's name may change, too; the server says what it is.
    String rows = "SELECT t.* FROM ONLY %s t";
    String body =
        "EXECUTE pg_catalog.format("
            + Names.literal(log("'d'", relation, rows).replace("'%s', ", "'%%s', "))
            + ", TG_RELID::pg_catalog.regclass);";
    return trigger(relation, "truncate", TRUNCATE | BEFORE, "", body);
  }

  private Trigger trigger(
      Relation relation, String event, int event2, String referencing, String statement) {
    boolean row = table.byRow() && event2 < TRUNCATE;
    String name = schema + "_" + event;
    String function = PREFIX + relation.oid() + "_" + event;
    String body = "\nBEGIN\n" + statement + "\nRETURN NULL;\nEND ";
    String qualified = Names.quoted(schema) + "." + Names.quoted(function);
    String functionSql =
        "CREATE OR REPLACE FUNCTION "
            + qualified
            + "() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
            + settings()
            + " AS "
            + Names.literal(body);
    String triggerSql =
        "CREATE OR REPLACE TRIGGER %s %s %s ON %s %s FOR EACH %s EXECUTE FUNCTION %s()"
            .formatted(
                Names.quoted(name),
                (event2 & BEFORE) != 0 ? "BEFORE" : "AFTER",
                event,
                relation.sql(),
                row ? "" : referencing,
                row ? "ROW" : "STATEMENT",
                qualified);
    return new Trigger(
        relation, name, event2 | (row ? ROW : 0), function, body, functionSql, triggerSql);
  }

  /** Settings cost each call a little, so only keys whose text depends on them have them. */
  private String settings() {
    return key.plain()
        ? ""
        : " SET DateStyle = 'ISO, YMD' SET IntervalStyle = 'postgres' SET extra_float_digits = '1'"
            + " SET lc_monetary = 'C'";
  }

  private String log() {
    return Names.quoted(schema) + "." + Log.TABLE;
  }

  private String log(String op, Relation relation, String rows) {
    return "INSERT INTO "
        + log()
        + " (tab, op, "
        + key.logged("")
        + ")\nSELECT "
        + table.oid()
        + ", "
        + op
        + ", "
        + texts(relation)
        + "\nFROM "
        + padded(relation, rows);
  }

  /** The key's values as text, each with the name of its column in the log. */
  private String texts(Relation relation) {
    return IntStream.range(0, key.size())
        .mapToObj(
            i -> key.parts().get(i).text("r." + PLACE + place(relation, i)) + " AS k" + (i + 1))
        .collect(Collectors.joining(", "));
  }

  /** Rows whose columns have the names of their places, as far as the key needs them. */
  private String padded(Relation relation, String rows) {
    int last = IntStream.range(0, key.size()).map(i -> place(relation, i)).max().orElseThrow();
    String nulls = ", NULL".repeat(last);
    String places =
        IntStream.rangeClosed(1, last)
            .mapToObj(i -> PLACE + i)
            .collect(Collectors.joining(", ", "(", ")"));
    int from = rows.indexOf(" FROM ");
    String select =
        from < 0 ? rows + nulls : rows.substring(0, from) + nulls + rows.substring(from);
    return "(" + select + ") AS r" + places;
  }

  private int place(Relation relation, int part) {
    return relation.columns().indexOf(key.parts().get(part).column().name()) + 1;
  }
}
