package io.distributary.sink.write;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The definitions of relations as they were read, which others may change at any time. */
final class MariaDbDefinitions {
  private final MariaDbCatalogue catalogue;
  private final Map<String, String> known = new HashMap<>();
  private final Set<String> reliedOn = new HashSet<>();

  MariaDbDefinitions(MariaDbCatalogue catalogue) {
    this.catalogue = catalogue;
  }

  /** A relation is known now by its present definition. */
  void read(String name) throws SQLException {
    known.put(name, catalogue.definition(name));
  }

  /** Reads all anew; whether one has changed. */
  boolean refresh() throws SQLException {
    boolean changed = false;
    for (Map.Entry<String, String> entry : known.entrySet()) {
      String now = catalogue.definition(entry.getKey());
      if (!Objects.equals(now, entry.getValue())) {
        entry.setValue(now);
        changed = true;
      }
    }
    return changed;
  }

  /** What the open transaction writes is right only for the relation's known definition. */
  void relyOn(String name) {
    reliedOn.add(name);
  }

  /**
   * Sees that all is as the open transaction relied on.
   *
   * @throws WriteException with {@link WriteException.Kind#TRANSIENT} where it is not
   */
  void verify() throws SQLException {
    for (String name : reliedOn) {
      // What was true when the first row went in is true now: the table has been held since.
      if (!Objects.equals(catalogue.definition(name), known.get(name))) {
        throw new WriteException(
            WriteException.Kind.TRANSIENT,
            "The definition of relation " + name + " was changed before rows were written to it",
            null);
      }
    }
  }

  /** The open transaction has ended. */
  void ended() {
    reliedOn.clear();
  }
}
