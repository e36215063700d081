package io.distributary.sink.write;

import io.distributary.it.postgres.PostgresServer;
import java.sql.SQLException;

/** The contract, on PostgreSQL 17. */
class PostgresTargetContractTest extends TargetContract {

  @Override
  String url() throws SQLException {
    return PostgresServer.shared().createDatabase();
  }

  @Override
  String nameOfUniqueName() {
    return "items_name_key";
  }
}
