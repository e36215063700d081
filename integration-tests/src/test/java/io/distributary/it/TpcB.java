package io.distributary.it;

import java.sql.SQLException;
import java.time.Duration;

/**
 * The tables and transactions of TPC-B as pgbench has them: each transaction adds one amount to an
 * account, to a teller and to a branch, and writes it into a history. So the sums over all four
 * tables are the same at each moment, unless a transaction is torn.
 */
interface TpcB {
  /** Transactions a second, so that two cores can carry the writer and all that follows it. */
  int RATE = 100;

  int CLIENTS = 4;

  /** Makes the four tables with rows, at scale 1; all sums are 0. */
  void create() throws Exception;

  /** Runs transactions for some time; returns how many it committed. */
  long run() throws Exception;

  /** How long {@link #run} takes. */
  Duration length();

  /** pgbench, where this machine has it, else the same written here, for a shorter time. */
  static TpcB on(String url) throws SQLException {
    return Pgbench.installed()
        .<TpcB>map(program -> new Pgbench(program, url))
        .orElseGet(
            () -> {
              System.out.println(
                  "No pgbench on this machine (it is in Debian's package postgresql, and looked for on"
                      + " the PATH and in /usr/lib/postgresql): its transactions are written from"
                      + " Java instead");
              return new JavaTpcB(url);
            });
  }
}
