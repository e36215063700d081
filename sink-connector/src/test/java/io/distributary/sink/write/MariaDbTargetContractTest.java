package io.distributary.sink.write;

import io.distributary.it.mariadb.MariaDbServer;
import java.sql.SQLException;

class MariaDbTargetContractTest extends TargetContract {
  private String url;

  @Override
  String url() {
    try {
      url = url == null ? MariaDbServer.shared().createDatabase() : url;
      // As the contract quotes and joins text; our own sessions say for themselves what they mean.
      return url + "&sessionVariables=sql_mode='ANSI'";
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
