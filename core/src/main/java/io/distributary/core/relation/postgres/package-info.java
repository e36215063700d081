/**
 * What PostgreSQL's catalogue, types and literals are, at either end: table definitions, the record
 * schema of each type, and its values as text both ways. Knows no driver but JDBC.
 */
package io.distributary.core.relation.postgres;
