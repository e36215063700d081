/** Slices to Connect records: topics, keys, offsets and the ends of transactions. No queries. */
package io.distributary.source.emit;
