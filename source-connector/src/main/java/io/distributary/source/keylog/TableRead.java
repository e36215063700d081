package io.distributary.source.keylog;

import io.distributary.core.record.UnitHeader;
import io.distributary.core.relation.Table;

/**
 * A table's share of a transaction, still to be read.
 *
 * @param header what its slices say of their unit
 * @param table the table
 * @param evenIfEmpty whether it yields a slice when there are no changes, as a snapshot does
 * @param changes where its changes come from
 */
public record TableRead(
    UnitHeader header, Table table, boolean evenIfEmpty, Changes.Source changes) {}
