package io.distributary.core.claim;

import java.time.Instant;

/**
 * A claim as its store knows it.
 *
 * @param id identifies the claim within its store
 * @param chunks one more than its highest chunk's number; lower ones may be missing
 * @param bytes what the chunks that are there take, as stored
 * @param written when the oldest chunk that is there was written
 * @param expires when the first chunk expires; null where chunks live for ever
 */
public record StoredClaim(String id, int chunks, long bytes, Instant written, Instant expires) {}
