/**
 * Starts a broker, a Connect worker and a Cassandra as child JVMs, waits until they are ready, and
 * ends them with its own; for the quickstart and for tests.
 */
package io.distributary.quickstart.launcher;
