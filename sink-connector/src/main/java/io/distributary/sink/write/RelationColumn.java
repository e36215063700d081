package io.distributary.sink.write;

/**
 * A column of a relation in the target.
 *
 * @param name the name as the target spells it
 * @param type the declared type; empty where none was declared
 * @param writable whether statements may give it a value: not so if it is generated
 * @param nullable whether it takes NULL
 * @param collation by which rule its text compares
 * @param ambiguous whether two equal values of it can still differ, so that an upsert must also
 *     write it where it is the key
 */
record RelationColumn(
    String name,
    String type,
    boolean writable,
    boolean nullable,
    String collation,
    boolean ambiguous) {}
