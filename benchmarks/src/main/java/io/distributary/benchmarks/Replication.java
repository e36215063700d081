package io.distributary.benchmarks;

/** A way from one database to another, that can be switched off and on. */
interface Replication {

  /** Passes nothing on until it is switched on again. */
  void off() throws Exception;

  /** Goes on where it was. */
  void on() throws Exception;

  /** Where it leads to. */
  Pgbench replica();
}
