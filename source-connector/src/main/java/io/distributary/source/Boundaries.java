package io.distributary.source;

import io.distributary.core.record.UnitKind;
import io.distributary.source.capture.Slice;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.source.TransactionContext;

/**
 * Where Kafka transactions end, if the connector is to say: with the source's transactions. A
 * snapshot, which may take longer than Kafka lets a transaction last, is committed slice by slice;
 * its parts are one unit all the same.
 */
final class Boundaries {
  private final TransactionContext transactions;

  private Boundaries(TransactionContext transactions) {
    this.transactions = transactions;
  }

  /**
   * The boundaries that a configuration asks for.
   *
   * @throws ConnectException when it asks for exactly once and the worker does not do it: a
   *     standalone worker accepts the setting and goes on without transactions
   */
  static Boundaries of(Map<String, String> settings, SourceTaskContext context) {
    TransactionContext transactions = context.transactionContext();
    boolean required = "required".equalsIgnoreCase(settings.get("exactly.once.support"));
    if (required && transactions == null) {
      throw new ConnectException(
          "exactly.once.support=required, but this worker gives the connector no transactions. Run"
              + " it on a distributed worker with exactly.once.source.support=enabled, and set"
              + " transaction.boundary=connector; or leave exactly.once.support out: a Distributary"
              + " sink applies exactly once without it.");
    }
    return new Boundaries(transactions);
  }

  /** Ends the Kafka transaction with the slice's last record, if the slice ends one. */
  void mark(Slice slice, List<SourceRecord> records) {
    boolean ends = slice.endOfTransaction() || slice.header().kind() == UnitKind.SNAPSHOT;
    if (transactions != null && ends && !records.isEmpty()) {
      transactions.commitTransaction(records.get(records.size() - 1));
    }
  }
}
