package io.distributary.source.postgres.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.record.Change;
import io.distributary.core.relation.Table;
import io.distributary.it.postgres.PostgresServer;
import io.distributary.it.postgres.TypeSamples;
import io.distributary.source.capture.Capture;
import io.distributary.source.capture.Slice;
import io.distributary.source.postgres.PostgresCapture;
import io.distributary.source.postgres.PostgresCaptureSettings;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** Whoever changes from one capture of PostgreSQL to the other keeps columns and values. */
class SameAsTheServersLogTest {
  private static final Set<String> GEOMETRIC =
      Set.of("point", "line", "lseg", "box", "path", "polygon", "circle");
  private static final Pattern NUMBER = Pattern.compile("-?[0-9.]+(?:[eE][+-]?[0-9]+)?");

  @Test
  void bothCapturesSendTheSameColumnsAndValuesOfEveryType() throws Exception {
    String url = PostgresServer.shared().createDatabase();
    try (Connection writer = DriverManager.getConnection(url)) {
      TypeSamples.setUp(writer);
      SourceFixture.sql(writer, TypeSamples.createTable("samples"));
      for (int row = 0; row < TypeSamples.rows(); row++) {
        SourceFixture.sql(writer, TypeSamples.insert("samples", row, row));
      }
      TreeMap<Object, Object[]> logged = new TreeMap<>();
      TreeMap<Object, Object[]> triggered = new TreeMap<>();
      Table fromLog;
      Table fromTriggers;
      try (Capture capture =
          PostgresCapture.open(
              PostgresCaptureSettings.of("same", url, null, null)
                  .tables(List.of("public.samples"), List.of()),
              null)) {
        fromLog = snapshot(capture, logged);
      }
      try (Capture capture =
          TriggerCapture.open(TriggerCaptureSettings.of("same", url, null, null), null)) {
        fromTriggers = snapshot(capture, triggered);
      }

      assertThat(fromTriggers.columns()).isEqualTo(fromLog.columns());
      assertThat(fromTriggers.sameShape(fromLog)).isTrue();
      assertThat(fromTriggers.id()).isEqualTo(fromLog.id());
      assertThat(triggered.keySet()).isEqualTo(logged.keySet()).hasSize(TypeSamples.rows());
      SoftAssertions all = new SoftAssertions();
      for (Object id : logged.keySet()) {
        for (int i = 0; i < fromLog.columns().size(); i++) {
          String type = fromLog.columns().get(i).declaredType();
          all.assertThat(List.of(Optional.ofNullable(plain(type, triggered.get(id)[i]))))
              .as("row %s, %s", id, type)
              .usingRecursiveComparison()
              .isEqualTo(List.of(Optional.ofNullable(plain(type, logged.get(id)[i]))));
        }
      }
      all.assertAll();
      SourceFixture.sql(
          writer,
          "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
              + " WHERE database = current_database() AND NOT active");
    }
  }

  /** Values that compare; the driver's geometric types write 2.0 where PostgreSQL writes 2. */
  private static Object plain(String type, Object value) {
    if (value instanceof Float || value instanceof Double) {
      return value.toString();
    }
    return GEOMETRIC.contains(type) && value instanceof String text
        ? NUMBER.matcher(text).replaceAll(found -> "" + Double.valueOf(found.group()))
        : value;
  }

  /** The rows of a capture's first snapshot by their ids. */
  private static Table snapshot(Capture capture, Map<Object, Object[]> rows) throws Exception {
    Slice slice;
    do {
      slice = capture.poll(Duration.ofSeconds(60));
      assertThat(slice).as("a slice within a minute").isNotNull();
      for (Change change : slice.changes()) {
        rows.put(change.after()[slice.table().indexOf("id")], change.after());
      }
    } while (!slice.endOfTable());
    return slice.table();
  }
}
