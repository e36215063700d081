package io.distributary.source.postgres.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.source.capture.Slice;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Whatever sessions do at once, and however often the reader is killed, the replica follows. */
class CaptureConvergenceTest {
  private static final int SESSIONS = 4;
  private static final int STEPS = 60;

  @Property(tries = 12, seed = "4711", shrinking = ShrinkingMode.OFF)
  void sessionsThatCommitInAnyOrderConverge(@ForAll Random random) throws Exception {
    List<Connection> sessions = new ArrayList<>();
    boolean[] open = new boolean[SESSIONS];
    try (SourceFixture source = new SourceFixture()) {
      source.sql(
          "CREATE TABLE a(id integer PRIMARY KEY, v integer)",
          "CREATE TABLE b(k text, n numeric, v integer, PRIMARY KEY (k, n))",
          "CREATE TABLE c(id integer PRIMARY KEY, v integer) PARTITION BY RANGE (id)",
          "CREATE TABLE c1 PARTITION OF c FOR VALUES FROM (0) TO (4)",
          "CREATE TABLE c2 PARTITION OF c FOR VALUES FROM (4) TO (100)",
          "INSERT INTO a VALUES (1, 1), (2, 2)");
      source.settings = source.settings.slices(3, 1_000_000);
      source.start();
      for (int i = 0; i < SESSIONS; i++) {
        Connection session = source.connect();
        // Two that want the same rows must not wait for each other for ever.
        SourceFixture.sql(session, "SET lock_timeout = '20ms'");
        sessions.add(session);
      }
      for (int step = 0; step < STEPS; step++) {
        int i = random.nextInt(SESSIONS);
        open[i] = act(random, sessions.get(i), open[i]);
        if (random.nextInt(3) == 0) {
          disturb(random, source);
        }
      }
      for (int i = 0; i < SESSIONS; i++) {
        if (open[i]) {
          attempt(sessions.get(i), random.nextBoolean() ? "COMMIT" : "ROLLBACK");
        }
      }
      source.slices();
      source.assertConverged();
      assertThat(source.replica.tables()).contains("public.a", "public.b", "public.c");
      assertThat(source.capture.metrics().epoch()).isEqualTo(source.bookmark.get("epoch"));
    } finally {
      for (Connection session : sessions) {
        session.close();
      }
    }
  }

  /** One step of a session: it begins, writes or ends a transaction; tells whether one is open. */
  private static boolean act(Random random, Connection session, boolean open) throws SQLException {
    if (!open) {
      String level = random.nextBoolean() ? "READ COMMITTED" : "REPEATABLE READ";
      SourceFixture.sql(session, "BEGIN ISOLATION LEVEL " + level);
      return true;
    }
    switch (random.nextInt(6)) {
      case 0 -> {
        attempt(session, "COMMIT");
        return false;
      }
      case 1 -> {
        attempt(session, "ROLLBACK");
        return false;
      }
      default -> {
        SourceFixture.sql(session, "SAVEPOINT s");
        boolean done = attempt(session, statement(random));
        SourceFixture.sql(session, done && random.nextInt(6) > 0 ? "RELEASE s" : "ROLLBACK TO s");
        return true;
      }
    }
  }

  /** What happens to the reader: polls, crashes inside a unit, restarts, requests, pruning. */
  private static void disturb(Random random, SourceFixture source) throws Exception {
    switch (random.nextInt(8)) {
      case 0 -> source.restart();
      case 1 -> {
        // Slices taken after the last whole transaction are lost with the crash.
        Slice taken = source.capture.poll(Duration.ZERO);
        while (taken != null && random.nextInt(3) > 0) {
          taken = source.capture.poll(Duration.ZERO);
        }
        source.kill();
      }
      case 2 -> source.capture.requestSnapshot("abc".substring(random.nextInt(3)).substring(0, 1));
      case 3 -> {
        if (source.bookmark != null) {
          source.capture.acknowledged(source.bookmark);
        }
      }
      default -> source.slices();
    }
  }

  /** A violated constraint or a lock is as good as any other outcome. */
  private static boolean attempt(Connection session, String sql) throws SQLException {
    try (Statement statement = session.createStatement()) {
      statement.execute(sql);
      return true;
    } catch (SQLException constraint) {
      return false;
    }
  }

  private static String statement(Random random) {
    int key = random.nextInt(8);
    int value = random.nextInt(100);
    String number = List.of("1", "1.0", "1.00", "2").get(random.nextInt(4));
    return switch (random.nextInt(12)) {
      case 0, 1 ->
          "INSERT INTO a VALUES ("
              + key
              + ", "
              + value
              + ") ON CONFLICT (id)"
              + " DO UPDATE SET v = excluded.v";
      case 2 -> "UPDATE a SET v = v + 1 WHERE id >= " + key;
      case 3 -> "UPDATE a SET id = id + 1 WHERE id = " + key;
      case 4 -> "DELETE FROM a WHERE id = " + key;
      case 5, 6 ->
          "INSERT INTO b VALUES ('"
              + key % 3
              + "', "
              + number
              + ", "
              + value
              + ")"
              + " ON CONFLICT (k, n) DO UPDATE SET v = excluded.v";
      case 7 -> "UPDATE b SET n = " + number + " WHERE k = '" + key % 3 + "'";
      case 8 -> "DELETE FROM b WHERE v > " + value;
      case 9 ->
          "INSERT INTO c VALUES ("
              + key
              + ", "
              + value
              + ") ON CONFLICT (id)"
              + " DO UPDATE SET v = excluded.v";
      case 10 -> "UPDATE c SET id = 7 - id WHERE id = " + key;
      default -> "DELETE FROM c" + (key % 2 + 1) + " WHERE v > " + value;
    };
  }
}
