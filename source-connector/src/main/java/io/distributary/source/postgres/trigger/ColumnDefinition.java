package io.distributary.source.postgres.trigger;

/**
 * A column as the catalogue has it.
 *
 * @param name its name
 * @param type the oid of its type; of a domain, that of what it is over
 * @param declared that type with its modifier, as {@code format_type} prints it
 * @param typeName the same without the modifier
 * @param typeSchema the schema of that type
 * @param typeKind {@code pg_type.typtype}
 * @param collation the collation as SQL spells it; null where the type has none
 * @param deterministic whether texts that the collation finds equal are the same
 * @param notNull whether it is never null
 * @param generated {@code s} or {@code v} for a generated column, else empty
 * @param defaultSql what it is generated from, or its default; null where there is none
 */
record ColumnDefinition(
    String name,
    long type,
    String declared,
    String typeName,
    String typeSchema,
    String typeKind,
    String collation,
    boolean deterministic,
    boolean notNull,
    String generated,
    String defaultSql) {}
