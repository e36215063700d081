/**
 * Records to parts: every form of record the sink understands, with and without schemas. A form is
 * recognised, and the way to each of its fields found, once per schema; then reading a row is
 * filling an array.
 */
package io.distributary.sink.read;
