package io.distributary.smt;

import java.util.Map;

class CassandraClaimCheckIT extends ClaimCheckContract {
  @Override
  Map<String, String> store() {
    return TestCassandra.config();
  }
}
