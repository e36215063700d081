package io.distributary.sink.write;

import io.distributary.core.relation.Table;
import io.distributary.core.relation.TableId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The writers of each table, kept until the table's shape or the target's catalogue changes. */
final class Writers implements AutoCloseable {
  private final Dialect dialect;
  private final TargetSettings settings;
  private final Relations relations;
  private final Loads loads;
  private final Map<TableId, Entry> entries = new HashMap<>();
  private Entry last;
  private long catalogueVersion = -1;

  /** Tables are told by identity first: comparing shapes costs, and records share instances. */
  private static final class Entry {
    private Table table;
    private final List<TableWriter> writers;

    Entry(Table table, List<TableWriter> writers) {
      this.table = table;
      this.writers = writers;
    }
  }

  Writers(Dialect dialect, TargetSettings settings) {
    this.dialect = dialect;
    this.settings = settings;
    this.relations = new Relations(dialect, settings);
    this.loads = new Loads(dialect, settings.snapshots(), settings.deletes());
  }

  /** Forgets all where the catalogue changed; for each new transaction and after undoing. */
  void refresh() throws SQLException {
    long version = dialect.catalogueVersion();
    if (version != catalogueVersion) {
      clear();
      catalogueVersion = version;
    }
  }

  /** All places that the table's rows go to. */
  List<TableWriter> of(Table table) throws SQLException {
    if (last != null && last.table == table) {
      return last.writers;
    }
    Entry entry = entries.get(table.id());
    if (entry == null || (entry.table != table && !entry.table.sameShape(table))) {
      close(entry);
      entry = new Entry(table, make(table));
      entries.put(table.id(), entry);
      // Making it may have created its relation: undoing that must be noticed too.
      catalogueVersion = dialect.catalogueVersion();
    }
    entry.table = table;
    last = entry;
    return entry.writers;
  }

  private List<TableWriter> make(Table table) throws SQLException {
    entries.remove(table.id());
    RelationHandler handler = named(settings.handlers(), table);
    if (handler != null) {
      return List.of(new HandlerWriter(dialect, table, handler));
    }
    CustomStatements statements = named(settings.statements(), table);
    List<TableWriter> writers = new ArrayList<>();
    if (statements != null && statements.upsert() != null && statements.delete() != null) {
      writers.add(new StatementWriter(dialect, table, statements, settings.deletes(), null));
      return writers;
    }
    for (Route route : routes(table)) {
      Plan plan = relations.plan(table, route);
      PlannedWriter planned = new PlannedWriter(dialect, plan, settings.deletes(), loads);
      writers.add(
          statements == null
              ? planned
              : new StatementWriter(dialect, table, statements, settings.deletes(), planned));
    }
    return writers;
  }

  private List<Route> routes(Table table) {
    List<Route> routes =
        settings.routes().stream().filter(route -> isNamed(table, route.table())).toList();
    return routes.isEmpty()
        ? List.of(new Route(table.id().name(), dialect.ownRelation(table.id().name()), Map.of()))
        : routes;
  }

  private static boolean isNamed(Table table, String name) {
    return name.equals(table.id().name()) || name.equals(table.id().qualifiedName());
  }

  private static <T> T named(Map<String, T> byTable, Table table) {
    T exact = byTable.get(table.id().qualifiedName());
    return exact != null ? exact : byTable.get(table.id().name());
  }

  /** Forgets all writers. */
  void clear() throws SQLException {
    for (Entry entry : entries.values()) {
      close(entry);
    }
    entries.clear();
    last = null;
    catalogueVersion = -1;
  }

  private static void close(Entry entry) throws SQLException {
    if (entry != null) {
      for (TableWriter writer : entry.writers) {
        writer.close();
      }
    }
  }

  @Override
  public void close() throws SQLException {
    clear();
  }
}
