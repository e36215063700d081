package io.distributary.source.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/** One consistent view of the source: a read transaction on it, or a copy that is thrown away. */
interface ReadView {

  /** Where to read. */
  Session session();

  /** Ends the view. */
  void close() throws SQLException;

  /** A read transaction on the source itself. */
  static ReadView live(Session session) throws SQLException {
    session.beginRead();
    return new ReadView() {
      @Override
      public Session session() {
        return session;
      }

      @Override
      public void close() throws SQLException {
        session.endRead();
      }
    };
  }

  /**
   * A copy of the source, made with the online backup API, which holds writers up only while it is
   * made.
   *
   * @param directory where; null for the JVM's temporary directory
   */
  static ReadView copy(Path source, Path directory) throws SQLException, IOException {
    Path file =
        directory == null
            ? Files.createTempFile("distributary", ".db")
            : Files.createTempFile(directory, "distributary", ".db");
    Session copy;
    try {
      copy = Session.copy(source, file);
    } catch (SQLException | RuntimeException e) {
      Files.deleteIfExists(file);
      throw e;
    }
    return new ReadView() {
      @Override
      public Session session() {
        return copy;
      }

      @Override
      public void close() throws SQLException {
        try (copy) {
          Files.deleteIfExists(file);
        } catch (IOException e) {
          throw new SQLException("The copy " + file + " could not be deleted", e);
        }
      }
    };
  }
}
