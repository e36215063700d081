package io.distributary.it.postgres;

import java.util.List;

/**
 * Values of one type of PostgreSQL.
 *
 * @param type the type as {@code format_type} prints it, or a domain's name
 * @param values expressions of SQL that give values of the type
 */
public record TypeSample(String type, List<String> values) {}
