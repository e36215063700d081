package io.distributary.source.capture;

import io.distributary.core.record.Change;
import io.distributary.core.record.UnitHeader;
import io.distributary.core.relation.Table;
import java.util.List;
import java.util.Map;

/**
 * Some changes of one table out of one source transaction (or snapshot), small enough to be one
 * record. A capture yields a transaction as consecutive slices, table after table where it can.
 *
 * @param header what the transaction's slices have in common
 * @param table the table; the same instance until its shape changes. Null where there was no change
 *     of a captured table for long, and the slice only says up to where the source was read
 * @param changes the changes, in order; empty only in a snapshot of an empty table, or where there
 *     is no table
 * @param endOfTable whether this is the transaction's last slice of that table
 * @param endOfTransaction whether this is the transaction's last slice
 * @param bookmark where to resume after this transaction, as a source offset; null but at the end
 *     of the transaction
 */
public record Slice(
    UnitHeader header,
    Table table,
    List<Change> changes,
    boolean endOfTable,
    boolean endOfTransaction,
    Map<String, Object> bookmark) {}
