package io.distributary.sink.write;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Notices that definitions of relations that were read have changed since. */
final class MariaDbCatalogueVersion {
  private final MariaDbCatalogue catalogue;
  private final Map<String, String> known = new HashMap<>();
  private final Set<String> reliedOn = new HashSet<>();
  private long version;

  MariaDbCatalogueVersion(MariaDbCatalogue catalogue) {
    this.catalogue = catalogue;
  }

  /** A relation is read: from now on its present definition is the known one. */
  void watch(String name) throws SQLException {
    known.put(name, catalogue.definition(name));
  }

  /** Something else has changed than these definitions. */
  void changed() {
    version++;
  }

  /** A number that is another one after each change. */
  long current() throws SQLException {
    boolean changed = false;
    for (Map.Entry<String, String> entry : known.entrySet()) {
      String now = catalogue.definition(entry.getKey());
      if (!Objects.equals(now, entry.getValue())) {
        entry.setValue(now);
        changed = true;
      }
    }
    if (changed) {
      changed();
    }
    return version;
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
