/** Requests to a source that come through Kafka: their form, and the settings of the clients. */
package io.distributary.core.signal;
