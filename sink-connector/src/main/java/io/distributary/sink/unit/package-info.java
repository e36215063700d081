/**
 * Parts to units: what a record means for its partition, given what the target already has. Rules
 * as values, which know neither databases nor consumers.
 */
package io.distributary.sink.unit;
