/** The command line: looks into stores, topics and Connect clusters, and changes only stores. */
package io.distributary.cli;
