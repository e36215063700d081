/**
 * Captures a PostgreSQL database by triggers that log the keys of touched rows, where logical
 * decoding is not to be had.
 */
package io.distributary.source.postgres.trigger;
