package io.distributary.sink.write;

import io.distributary.core.relation.Column;
import io.distributary.core.relation.Table;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds, creates and extends the relations that tables go to, and plans how rows get there. */
final class Relations {
  private static final Logger LOG = LoggerFactory.getLogger(Relations.class);

  private final Dialect dialect;
  private final TargetSettings settings;
  private final Sql sql;

  Relations(Dialect dialect, TargetSettings settings) {
    this.dialect = dialect;
    this.settings = settings;
    this.sql = new Sql(dialect);
  }

  /** The way of a table's rows along a route. */
  Plan plan(Table table, Route route) throws SQLException {
    List<Selected> selected = selected(table, route);
    Relation relation = dialect.relation(route.relation());
    if (relation == null) {
      relation = create(table, route, selected);
    }
    relation = evolved(table, relation, selected);
    List<Plan.Place> places = places(table, relation, selected);
    String marker = settings.deletes() == DeleteMode.SOFT ? marker(table, relation) : null;
    List<Plan.Place> key = key(table, relation, places, marker);
    return new Plan(table, relation, places, key, covers(relation, places, marker), marker);
  }

  /** A column of a record that is written. */
  private record Selected(int image, Column column, String name) {}

  private static List<Selected> selected(Table table, Route route) {
    List<Selected> selected = new ArrayList<>();
    if (route.columns().isEmpty()) {
      for (int i = 0; i < table.columns().size(); i++) {
        selected.add(new Selected(i, table.columns().get(i), table.columns().get(i).name()));
      }
      return selected;
    }
    for (Map.Entry<String, String> column : route.columns().entrySet()) {
      int image = table.indexOf(column.getKey());
      if (image < 0) {
        throw fatal(
            "table.mapping selects column "
                + column.getKey()
                + " of table "
                + table.id()
                + ", which has none of that name, only "
                + names(table.columns())
                + ". Correct table.mapping");
      }
      selected.add(new Selected(image, table.columns().get(image), column.getValue()));
    }
    return selected;
  }

  private Relation create(Table table, Route route, List<Selected> selected) throws SQLException {
    if (!settings.autoCreate()) {
      throw fatal(
          "Relation "
              + route.relation()
              + ", the target of table "
              + table.id()
              + ", does not exist. Create it, set auto.create=true, or correct table.mapping");
    }
    List<String> key = new ArrayList<>();
    for (int i = 0; i < table.keySize(); i++) {
      int image = table.keyIndex(i);
      selected.stream().filter(s -> s.image() == image).map(Selected::name).forEach(key::add);
    }
    if (key.isEmpty() || key.size() < table.keySize()) {
      throw fatal(
          "Relation "
              + route.relation()
              + " cannot be created (auto.create): "
              + (key.isEmpty()
                  ? "the records of table "
                  : "table.mapping leaves out key columns of ")
              + table.id()
              + (key.isEmpty() ? " have no key" : "")
              + ". Create it by hand, with a primary key");
    }
    List<String> definitions = new ArrayList<>();
    List<Column> keyColumns = table.keyColumns();
    selected.forEach(
        column -> definitions.add(definition(column.name(), column.column(), keyColumns)));
    if (settings.deletes() == DeleteMode.SOFT) {
      definitions.add(dialect.quoted(settings.deleteMarker()) + " " + dialect.markerType());
    }
    dialect.define(sql.createTable(route.relation(), definitions, key));
    LOG.info("Created relation {} for table {}", route.relation(), table.id());
    return dialect.relation(route.relation());
  }

  private String definition(String name, Column column, List<Column> key) {
    return (dialect.quoted(name) + " " + dialect.columnType(column, key)).strip();
  }

  private Relation evolved(Table table, Relation relation, List<Selected> selected)
      throws SQLException {
    boolean evolved = false;
    for (Selected column : selected) {
      if (relation.column(column.name()) == null && !dialect.implicitKey(relation, column.name())) {
        if (settings.autoEvolve()) {
          extend(relation, definition(column.name(), column.column(), List.of()));
          LOG.info("Added column {} to relation {}", column.name(), relation.name());
          evolved = true;
        } else if (settings.missingColumns() == MissingColumns.FAIL) {
          throw fatal(
              "Relation "
                  + relation.name()
                  + " has no column "
                  + column.name()
                  + ", which table "
                  + table.id()
                  + " has. Add it, set auto.evolve=true, leave it out in table.mapping, or set"
                  + " missing.columns=ignore");
        }
      }
    }
    if (settings.deletes() == DeleteMode.SOFT
        && relation.column(settings.deleteMarker()) == null
        && (settings.autoEvolve() || settings.autoCreate())) {
      String marker = dialect.quoted(settings.deleteMarker());
      extend(relation, marker + " " + dialect.markerType());
      evolved = true;
    }
    return evolved ? dialect.relation(relation.name()) : relation;
  }

  private List<Plan.Place> places(Table table, Relation relation, List<Selected> selected) {
    List<Plan.Place> places = new ArrayList<>();
    for (Selected column : selected) {
      RelationColumn target = target(relation, column.name());
      if (target == null || !target.writable()) {
        continue;
      }
      if (places.stream().anyMatch(place -> place.target().equals(target))) {
        throw fatal(
            "Two columns of table "
                + table.id()
                + " go to column "
                + target.name()
                + " of relation "
                + relation.name()
                + ". Correct table.mapping");
      }
      places.add(place(column.image(), column.column(), target));
    }
    return places;
  }

  private RelationColumn target(Relation relation, String name) {
    RelationColumn declared = relation.column(name);
    return declared == null && dialect.implicitKey(relation, name)
        ? dialect.implicitKeyColumn(name)
        : declared;
  }

  private Plan.Place place(int image, Column column, RelationColumn target) {
    return new Plan.Place(
        image, target, dialect.binder(column, target), dialect.keyForm(column, target));
  }

  private String marker(Table table, Relation relation) {
    RelationColumn marker = relation.column(settings.deleteMarker());
    if (marker == null) {
      throw fatal(
          "Relation "
              + relation.name()
              + ", the target of table "
              + table.id()
              + ", has no column "
              + settings.deleteMarker()
              + ", which delete.mode=soft sets. Add it ("
              + dialect.markerType()
              + ") or set auto.evolve=true");
    }
    return marker.name();
  }

  private List<Plan.Place> key(
      Table table, Relation relation, List<Plan.Place> places, String marker) {
    if (places.stream().anyMatch(place -> place.target().name().equals(marker))) {
      throw fatal(
          "Column "
              + marker
              + " of relation "
              + relation.name()
              + " is the marker of delete.mode=soft, and table "
              + table.id()
              + " has a column of that name. Choose another with delete.marker.column");
    }
    if (table.keySize() == 0) {
      return relationKey(relation, places);
    }
    List<Plan.Place> key = new ArrayList<>();
    for (int i = 0; i < table.keySize(); i++) {
      int image = table.keyIndex(i);
      places.stream().filter(place -> place.image() == image).findFirst().ifPresent(key::add);
    }
    List<String> names = key.stream().map(place -> place.target().name()).toList();
    boolean implicit = names.size() == 1 && dialect.implicitKey(relation, names.get(0));
    requireImmediate(relation, names);
    if (key.size() < table.keySize() || !(implicit || relation.uniqueBy(names))) {
      throw fatal(
          "Relation "
              + relation.name()
              + " has no primary key or unique index over "
              + names(table.keyColumns())
              + ", the key of table "
              + table.id()
              + ". Create one, so that rows can be found by it");
    }
    return key;
  }

  private static void requireImmediate(Relation relation, List<String> key) {
    if (relation.primaryKey().equals(key) && !key.isEmpty() && !relation.uniqueBy(key)) {
      throw fatal(
          "The primary key "
              + key
              + " of relation "
              + relation.name()
              + " is checked only at the commit (DEFERRABLE, or over a range), so no row can be"
              + " upserted by it. Make it NOT DEFERRABLE");
    }
  }

  /** Where records have no key, the relation's own primary key serves, if they hold it. */
  private static List<Plan.Place> relationKey(Relation relation, List<Plan.Place> places) {
    List<Plan.Place> key = new ArrayList<>();
    for (String name : relation.primaryKey()) {
      Predicate<Plan.Place> named = place -> place.target().name().equals(name);
      places.stream().filter(named).findFirst().ifPresent(key::add);
    }
    if (key.size() < relation.primaryKey().size()) {
      return List.of();
    }
    requireImmediate(relation, relation.primaryKey());
    return key;
  }

  private static boolean covers(Relation relation, List<Plan.Place> places, String marker) {
    return relation.columns().stream()
        .filter(RelationColumn::writable)
        .filter(column -> !column.name().equals(marker))
        .allMatch(column -> places.stream().anyMatch(p -> p.target().name().equals(column.name())));
  }

  private static List<String> names(List<Column> columns) {
    return columns.stream().map(Column::name).toList();
  }

  private static WriteException fatal(String message) {
    return new WriteException(WriteException.Kind.FATAL, message, null);
  }

  private void extend(Relation relation, String definition) throws SQLException {
    dialect.extend(relation, sql.addColumn(relation, definition));
  }
}
