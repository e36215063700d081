package io.distributary.sink;

import io.distributary.core.claim.Claim;
import io.distributary.core.record.Change;
import io.distributary.core.relation.Table;
import java.util.Iterator;
import java.util.List;

/** Gives the rows that stand in a claim-check store, as a stream of chunks. */
@FunctionalInterface
interface ClaimReader {

  /**
   * The changes behind a claim, chunk by chunk, in order.
   *
   * @param table the shape of the changes' images, as the record describes it
   * @throws org.apache.kafka.connect.errors.ConnectException when the claim cannot be redeemed; the
   *     message names it and says that a snapshot repairs it
   */
  Iterator<List<Change>> changes(Claim claim, Table table);
}
