/** A real MariaDB server for tests. */
package io.distributary.it.mariadb;
