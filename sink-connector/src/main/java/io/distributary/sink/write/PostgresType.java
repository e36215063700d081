package io.distributary.sink.write;

/**
 * A type of PostgreSQL, as a column has it.
 *
 * @param name the type with its modifiers, as {@code format_type} writes it
 * @param cast the type without modifiers: casting text to it converts, and cuts nothing off
 * @param base the name in {@code pg_type} of what values are in the end: under a domain that of its
 *     base type; {@code enum} for any enumeration; empty for what does not come with PostgreSQL or
 *     is no scalar
 * @param modified whether it has modifiers, so that storing a value may round it
 * @param array whether it is an array
 */
record PostgresType(String name, String cast, String base, boolean modified, boolean array) {
  /** The type of parameters that only the user's own statement says more of. */
  static final PostgresType ANY = new PostgresType("", "", "", false, false);
}
