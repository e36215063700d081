package io.distributary.source.postgres;

import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import java.util.Iterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Requests that users insert into a table of the source database. */
final class Signals {
  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

  private Signals() {}

  /** Takes the requests in a transaction. */
  static void take(Transaction transaction, CapturedTables tables, Requests requests) {
    for (TableChanges changes : transaction.tables()) {
      if (tables.signals(changes.source())) {
        Iterator<TableChanges.Held> rows = changes.read(transaction.spool());
        while (rows.hasNext()) {
          take(rows.next(), requests);
        }
      }
    }
  }

  private static void take(TableChanges.Held row, Requests requests) {
    Change change = row.change();
    int action = row.table().indexOf("action");
    int table = row.table().indexOf("table_name");
    if (change.op() != Op.CREATE) {
      return; // old requests are tidied up
    }
    if (action < 0
        || table < 0
        || !"snapshot".equals(change.after()[action])
        || !(change.after()[table] instanceof String name)) {
      LOG.warn(
          "{} holds a request that is none of action = 'snapshot' and a table_name: ignored",
          row.table().id());
    } else {
      requests.ask(name);
    }
  }
}
