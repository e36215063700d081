package io.distributary.core.record;

import io.distributary.core.claim.Claim;
import io.distributary.core.relation.Table;
import java.util.List;

/**
 * A slice of a unit, as it is read from one Kafka record: a whole batch, or a single change of a
 * row record.
 *
 * @param table the table the changes belong to, as the record describes it
 * @param header what all parts of the unit share
 * @param seq the part's (or, in row records, the change's) index inside its unit, from 0
 * @param last whether it ends the unit
 * @param changes the changes, in order; empty where {@code claim} holds them
 * @param claim where the rows are instead; null unless a transform put them there
 */
public record Part(
    Table table, UnitHeader header, long seq, boolean last, List<Change> changes, Claim claim) {}
