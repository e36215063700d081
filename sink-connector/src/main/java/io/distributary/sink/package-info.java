/** The sink connector and its task: configuration, and the one place that decides on failures. */
package io.distributary.sink;
