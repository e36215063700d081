/** Captures a SQLite database by triggers that log the keys of touched rows. */
package io.distributary.source.sqlite;
