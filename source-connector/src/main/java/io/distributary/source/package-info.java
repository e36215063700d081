/**
 * The source connector and its task: configuration, what is asked for on the signal topic, and
 * which capture serves a URL. Knows no SQL.
 */
package io.distributary.source;
