/**
 * What captures by triggers share, whichever database has them: transactions read as slices from
 * queries that join a log of touched keys to the live tables.
 */
package io.distributary.source.keylog;
