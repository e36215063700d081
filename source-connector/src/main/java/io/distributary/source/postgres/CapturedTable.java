package io.distributary.source.postgres;

import io.distributary.core.relation.Names;
import io.distributary.core.relation.TableId;
import java.util.List;
import java.util.Map;

/**
 * A table as the source's catalogue has it.
 *
 * @param oid the server's number of it, which another table of that name does not have
 * @param id its name
 * @param partitioned whether its rows are in partitions
 * @param identity what the server logs of an old row: {@code d} the primary key, {@code i} an
 *     index's columns, {@code f} the whole row, {@code n} nothing
 * @param key the columns that tell its rows apart, in the key's order; empty where none do
 * @param types the declared types of its columns, by name, in the table's order
 * @param generated the generated columns, which are left out; those of the key only where the
 *     server does not log them (before PostgreSQL 18)
 */
record CapturedTable(
    long oid,
    TableId id,
    boolean partitioned,
    char identity,
    List<String> key,
    Map<String, String> types,
    List<String> generated) {

  /** The name as SQL spells it. */
  String sql() {
    return Names.quoted(id.schema()) + "." + Names.quoted(id.name());
  }

  /** The rows that are its own, as SQL spells it: those of tables that inherit from it are not. */
  String from() {
    return (partitioned ? "" : "ONLY ") + sql();
  }

  /** The name in lists and bookmarks: of this very table, not of a later one of that name. */
  String mark() {
    return oid + " " + id.qualifiedName();
  }

  @Override
  public String toString() {
    return id.qualifiedName();
  }
}
