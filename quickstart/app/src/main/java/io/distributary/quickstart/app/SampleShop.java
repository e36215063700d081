package io.distributary.quickstart.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * The sample canonical database: the reference data of a retailer. Six related tables, some 61,000
 * rows, the same at every making.
 */
final class SampleShop {
  private static final int PRODUCTS = 12_000;
  private static final int STORES = 500;

  private static final List<String> SCHEMA =
      List.of(
          """
          CREATE TABLE currencies (
            code   TEXT PRIMARY KEY,
            name   TEXT NOT NULL,
            digits INTEGER NOT NULL)
          """,
          """
          CREATE TABLE exchange_rates (
            base  TEXT NOT NULL REFERENCES currencies(code),
            quote TEXT NOT NULL REFERENCES currencies(code),
            rate  REAL NOT NULL,
            as_of DATETIME NOT NULL,
            PRIMARY KEY (base, quote)) WITHOUT ROWID
          """,
          """
          CREATE TABLE stores (
            id        INTEGER PRIMARY KEY,
            name      TEXT NOT NULL,
            city      TEXT NOT NULL,
            country   TEXT NOT NULL,
            currency  TEXT NOT NULL REFERENCES currencies(code),
            opened_on DATE NOT NULL,
            latitude  REAL,
            longitude REAL)
          """,
          """
          CREATE TABLE categories (
            id        INTEGER PRIMARY KEY,
            parent_id INTEGER REFERENCES categories(id),
            name      TEXT NOT NULL)
          """,
          """
          CREATE TABLE products (
            id           INTEGER PRIMARY KEY,
            sku          TEXT NOT NULL UNIQUE,
            name         TEXT NOT NULL,
            category_id  INTEGER NOT NULL REFERENCES categories(id),
            brand        TEXT NOT NULL,
            weight_grams INTEGER,
            active       BOOLEAN NOT NULL DEFAULT 1,
            added_on     DATE NOT NULL)
          """,
          """
          CREATE TABLE prices (
            product_id INTEGER NOT NULL REFERENCES products(id) ON DELETE CASCADE,
            currency   TEXT NOT NULL REFERENCES currencies(code),
            amount     DECIMAL(10,2) NOT NULL,
            changed_at DATETIME NOT NULL,
            PRIMARY KEY (product_id, currency))
          """);

  private static final List<Currency> CURRENCIES =
      List.of(
          new Currency("EUR", "Euro", 2, 1.0),
          new Currency("USD", "US dollar", 2, 1.09),
          new Currency("GBP", "Pound sterling", 2, 0.85),
          new Currency("CHF", "Swiss franc", 2, 0.95),
          new Currency("SEK", "Swedish krona", 2, 11.3),
          new Currency("NOK", "Norwegian krone", 2, 11.6),
          new Currency("DKK", "Danish krone", 2, 7.46),
          new Currency("PLN", "Polish zloty", 2, 4.31),
          new Currency("CZK", "Czech koruna", 2, 25.2),
          new Currency("JPY", "Japanese yen", 0, 163.0));

  /** The currencies in which every product has a price. */
  static final List<String> PRICED_IN = List.of("EUR", "USD", "GBP", "CHF");

  private static final List<Town> TOWNS =
      List.of(
          new Town("Berlin", "DE", "EUR", 52.52, 13.40),
          new Town("Hamburg", "DE", "EUR", 53.55, 9.99),
          new Town("Paris", "FR", "EUR", 48.86, 2.35),
          new Town("Lyon", "FR", "EUR", 45.76, 4.84),
          new Town("Madrid", "ES", "EUR", 40.42, -3.70),
          new Town("Milano", "IT", "EUR", 45.46, 9.19),
          new Town("Zürich", "CH", "CHF", 47.37, 8.54),
          new Town("London", "GB", "GBP", 51.51, -0.13),
          new Town("Leeds", "GB", "GBP", 53.80, -1.55),
          new Town("Malmö", "SE", "SEK", 55.60, 13.00),
          new Town("Århus", "DK", "DKK", 56.16, 10.20),
          new Town("Kraków", "PL", "PLN", 50.06, 19.94),
          new Town("Boston", "US", "USD", 42.36, -71.06),
          new Town("Osaka", "JP", "JPY", 34.69, 135.50));

  private static final List<String> DEPARTMENTS =
      List.of("Kitchen", "Garden", "Office", "Outdoor", "Bath", "Lighting", "Toys", "Tools");
  private static final List<String> RANGES =
      List.of("Basics", "Storage", "Textiles", "Electrics", "Gifts", "Seasonal", "Care");
  private static final List<String> MATERIALS =
      List.of("Oak", "Steel", "Linen", "Ceramic", "Bamboo", "Glass", "Walnut", "Cotton", "Copper");
  private static final List<String> THINGS =
      List.of(
          "bowl", "lamp", "basket", "kettle", "stool", "tray", "hook", "blanket", "clock", "jar",
          "bench", "mat", "frame", "bucket", "vase", "shelf");
  private static final List<String> BRANDS =
      List.of("Nordlys", "Fern & Co", "Atelier Mil", "Hobson", "Kaya", "Ostro", "O'Neal", "Tiko");

  private SampleShop() {}

  /** Makes the database at that path, in write-ahead logging mode; a file that is there stays. */
  static void createIfAbsent(Path file) throws Exception {
    if (Files.exists(file)) {
      return;
    }
    Path unfinished = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(unfinished);
    try (Connection connection = open(unfinished)) {
      connection.setAutoCommit(false);
      fill(connection);
      connection.commit();
    }
    // The last connection's close has folded the log into the file, so the name alone moves.
    Files.move(unfinished, file);
  }

  static Connection open(Path file) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 10000");
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA foreign_keys = ON");
    }
    return connection;
  }

  private static void fill(Connection connection) throws SQLException {
    Random random = new Random(20_261_121);
    try (Statement statement = connection.createStatement()) {
      for (String table : SCHEMA) {
        statement.execute(table);
      }
    }
    currencies(connection);
    stores(connection, random);
    int categories = categories(connection);
    products(connection, random, categories);
    prices(connection, random);
  }

  private static void currencies(Connection connection) throws SQLException {
    try (Rows rows = new Rows(connection, "currencies", 3)) {
      for (Currency currency : CURRENCIES) {
        rows.add(currency.code, currency.name, currency.digits);
      }
    }
    try (Rows rows = new Rows(connection, "exchange_rates", 4)) {
      for (Currency base : CURRENCIES) {
        for (Currency quote : CURRENCIES) {
          if (!base.equals(quote)) {
            double rate = Math.round(quote.perEuro / base.perEuro * 1e6) / 1e6;
            rows.add(base.code, quote.code, rate, "2026-11-20 17:00:00");
          }
        }
      }
    }
  }

  private static void stores(Connection connection, Random random) throws SQLException {
    try (Rows rows = new Rows(connection, "stores", 8)) {
      for (int id = 1; id <= STORES; id++) {
        Town town = pick(TOWNS, random);
        rows.add(
            id,
            town.name + " " + (1 + id / TOWNS.size()),
            town.name,
            town.country,
            town.currency,
            day(random),
            town.latitude + Math.round(random.nextGaussian() * 500) / 1e4,
            town.longitude + Math.round(random.nextGaussian() * 500) / 1e4);
      }
    }
  }

  private static int categories(Connection connection) throws SQLException {
    int id = 0;
    try (Rows rows = new Rows(connection, "categories", 3)) {
      for (String department : DEPARTMENTS) {
        int parent = ++id;
        rows.add(parent, null, department);
        for (String range : RANGES) {
          rows.add(++id, parent, department + " " + range.toLowerCase(Locale.ROOT));
        }
      }
    }
    return id;
  }

  private static void products(Connection connection, Random random, int categories)
      throws SQLException {
    try (Rows rows = new Rows(connection, "products", 8)) {
      for (int id = 1; id <= PRODUCTS; id++) {
        rows.add(
            id,
            String.format(Locale.ROOT, "SKU-%06d", id),
            pick(MATERIALS, random)
                + " "
                + pick(THINGS, random)
                + " No. "
                + (1 + random.nextInt(99)),
            1 + random.nextInt(categories),
            pick(BRANDS, random),
            random.nextInt(10) == 0 ? null : 50 + random.nextInt(9_950),
            random.nextInt(20) == 0 ? 0 : 1,
            day(random));
      }
    }
  }

  private static void prices(Connection connection, Random random) throws SQLException {
    try (Rows rows = new Rows(connection, "prices", 4)) {
      for (int product = 1; product <= PRODUCTS; product++) {
        double euros = 2 + Math.pow(random.nextDouble(), 3) * 300;
        for (Currency currency : CURRENCIES) {
          if (PRICED_IN.contains(currency.code)) {
            double amount = Math.floor(euros * currency.perEuro) + 0.99;
            rows.add(product, currency.code, amount, "2026-11-20 17:00:00");
          }
        }
      }
    }
  }

  /** A new price for some product, as its buyers would set it. */
  static Price randomPrice(Random random) {
    return new Price(
        1 + random.nextInt(PRODUCTS), pick(PRICED_IN, random), 0.95 + random.nextDouble() * 0.1);
  }

  private static String day(Random random) {
    return LocalDate.of(2015, 1, 1).plusDays(random.nextInt(4_000)).toString();
  }

  private static <T> T pick(List<T> from, Random random) {
    return from.get(random.nextInt(from.size()));
  }

  /** A change of one price by a factor. */
  record Price(int product, String currency, double factor) {}

  private record Currency(String code, String name, int digits, double perEuro) {}

  private record Town(
      String name, String country, String currency, double latitude, double longitude) {}

  /** Inserts rows into one table. */
  private static final class Rows implements AutoCloseable {
    private final PreparedStatement insert;

    Rows(Connection connection, String table, int columns) throws SQLException {
      String values = "?, ".repeat(columns - 1) + "?";
      insert = connection.prepareStatement("INSERT INTO " + table + " VALUES (" + values + ")");
    }

    void add(Object... values) throws SQLException {
      for (int i = 0; i < values.length; i++) {
        insert.setObject(i + 1, values[i]);
      }
      insert.executeUpdate();
    }

    @Override
    public void close() throws SQLException {
      insert.close();
    }
  }
}
