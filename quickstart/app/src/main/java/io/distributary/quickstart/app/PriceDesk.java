package io.distributary.quickstart.app;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;

/**
 * Keeps the sample database alive: twice a second some prices and an exchange rate change, in one
 * transaction; and once, soon after the start, all prices do.
 */
final class PriceDesk implements Runnable {
  private static final int PRICES = 5;
  private static final long PAUSE_MS = 500;
  private static final int TURNS_BEFORE_BULK = 10;

  private final Path database;
  private final Random random = new Random();

  PriceDesk(Path database) {
    this.database = database;
  }

  /** Works until it is interrupted. */
  @Override
  public void run() {
    try (Connection connection = SampleShop.open(database);
        PreparedStatement price =
            connection.prepareStatement(
                "UPDATE prices SET amount = round(amount * ?, 2), changed_at = datetime('now')"
                    + " WHERE product_id = ? AND currency = ?");
        Statement rate = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (int turn = 1; !Thread.currentThread().isInterrupted(); turn++) {
        Thread.sleep(PAUSE_MS);
        if (turn == TURNS_BEFORE_BULK) {
          repriceAll(connection, rate);
        }
        for (int i = 0; i < PRICES; i++) {
          SampleShop.Price change = SampleShop.randomPrice(random);
          price.setDouble(1, change.factor());
          price.setInt(2, change.product());
          price.setString(3, change.currency());
          price.executeUpdate();
        }
        rate.executeUpdate(
            "UPDATE exchange_rates SET rate = round(rate * 1.0001, 6), as_of = datetime('now')"
                + " WHERE base = 'EUR' AND quote = 'USD'");
        connection.commit();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (SQLException e) {
      System.err.println("The price desk closed: " + e.getMessage());
    }
  }

  /** A transaction that is too large for one record. */
  private static void repriceAll(Connection connection, Statement statement) throws SQLException {
    statement.executeUpdate(
        "UPDATE prices SET amount = round(amount * 1.01, 2), changed_at = datetime('now')");
    try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM prices")) {
      System.out.printf(
          "A bulk change: one transaction gives all %,d prices a new amount.%n", rows.getLong(1));
    }
    connection.commit();
  }
}
