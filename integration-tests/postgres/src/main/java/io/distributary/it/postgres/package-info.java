/** Real PostgreSQL servers for tests. */
package io.distributary.it.postgres;
