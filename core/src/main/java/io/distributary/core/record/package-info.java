/**
 * Changes, positions and units as values, and their Connect form: the schemas of envelopes and
 * batches, and writing rows into structs and reading them back. Knows no SQL and no I/O.
 */
package io.distributary.core.record;
