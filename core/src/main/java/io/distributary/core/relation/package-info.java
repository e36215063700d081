/**
 * Tables, columns and keys as values; names and their quoting; what SQLite's catalogue says of a
 * table, and what its declared types mean. Knows no tasks and no Kafka.
 */
package io.distributary.core.relation;
