/**
 * What a capture is to the task, whichever database it reads: it yields transactions as slices, and
 * is told what Kafka has acknowledged. Knows no Connect record.
 */
package io.distributary.source.capture;
