package io.distributary.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What passes is waited for. */
class TroublesTest {
  private SourceFixture source;

  @BeforeEach
  void open() throws Exception {
    source = SourceFixture.shared();
    source.sql("CREATE TABLE prices(id int PRIMARY KEY, price float8)");
    source.start().slices();
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  @Test
  void brokenConnectionsAreMadeAnewAndNothingIsLostOrSentTwice() throws Exception {
    String epoch = source.epoch();
    for (int i = 1; i <= 3; i++) {
      source.sql("INSERT INTO prices VALUES (" + i + ", 0)");
      source.sql(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
              + " AND datname = current_database()");
      assertThat(source.changes()).containsExactly("prices c[" + i + ", 0.0]");
    }
    assertThat(source.epoch()).isEqualTo(epoch);
  }
}
