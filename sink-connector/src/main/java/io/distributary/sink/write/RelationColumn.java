package io.distributary.sink.write;

/**
 * A column of a relation in the target.
 *
 * @param name the name as the target spells it
 * @param type the declared type; empty where none was declared
 * @param writable whether statements may give it a value: not so if it is generated
 * @param nullable whether it takes NULL
 * @param form how its values compare in a key
 * @param ambiguous whether two equal values of it can still differ, so that an upsert must also
 *     write it where it is the key
 */
record RelationColumn(
    String name,
    String type,
    boolean writable,
    boolean nullable,
    KeyForm form,
    boolean ambiguous) {}
