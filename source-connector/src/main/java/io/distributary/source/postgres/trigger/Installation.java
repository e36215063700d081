package io.distributary.source.postgres.trigger;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What stands in the source database after the log and the triggers were installed.
 *
 * @param stamp what the catalogue then said
 * @param epoch the history's epoch
 * @param tables the captured tables by their qualified names
 */
record Installation(String stamp, String epoch, Map<String, CapturedTable> tables) {
  Installation {
    tables = Collections.unmodifiableSortedMap(new TreeMap<>(tables));
  }
}
