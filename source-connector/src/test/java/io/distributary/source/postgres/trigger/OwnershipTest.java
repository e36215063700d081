package io.distributary.source.postgres.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.source.capture.CaptureException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A log has one connector. */
class OwnershipTest {
  private SourceFixture source;

  @BeforeEach
  void open() throws Exception {
    source = new SourceFixture();
    source.sql("CREATE TABLE t(id integer PRIMARY KEY, v text)");
    source.start().slices();
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  private TriggerCaptureSettings another() {
    return TriggerCaptureSettings.of("another", source.url, null, null)
        .times(Duration.ofMillis(1), Duration.ZERO, Duration.ofSeconds(30));
  }

  @Test
  void anotherConnectorIsRefusedWhileTheOwnerRuns() throws Exception {
    assertThatThrownBy(() -> TriggerCapture.open(another(), null))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("belongs to the connector 'test'")
        .hasMessageContaining("restart 'another'");
    source.sql("INSERT INTO t VALUES (1, 'a')");
    assertThat(source.changes()).containsExactly("t c[1, a]");
  }

  @Test
  void anotherConnectorTakesWhatAStoppedOrKilledOneLeft() throws Exception {
    source.stop();
    TriggerCapture.open(another(), null).close();
    source.start();
    source.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE application_name = 'distributary test' AND datname = current_database()");
    source.capture = null;
    try (TriggerCapture next = TriggerCapture.open(another(), null)) {
      assertThat(next.metrics().tables()).containsKey("public.t");
    }
  }

  @Test
  void aTaskThatConnectStartedAnewEndsTheOldOne() throws Exception {
    TriggerCapture old = source.capture;
    source.start();
    source.sql("INSERT INTO t VALUES (1, 'a')");
    assertThat(source.changes()).containsExactly("t c[1, a]");
    assertThatThrownBy(() -> old.poll(Duration.ofSeconds(20)))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("was taken over by another task of the connector 'test'");
    old.close();
    source.sql("INSERT INTO t VALUES (2, 'b')");
    assertThat(source.changes()).containsExactly("t c[2, b]");
  }

  @Test
  void twoConnectorsMayHaveALogEach() throws Exception {
    try (TriggerCapture other = TriggerCapture.open(another().schema("other log"), null)) {
      source.sql("INSERT INTO t VALUES (1, 'a')");
      assertThat(source.changes()).containsExactly("t c[1, a]");
      assertThat(other.poll(Duration.ofSeconds(20)).changes()).hasSize(1);
    }
    TriggerInstallation.remove(another().schema("other log"));
    source.sql("INSERT INTO t VALUES (2, 'b')");
    assertThat(source.changes()).containsExactly("t c[2, b]");
  }
}
