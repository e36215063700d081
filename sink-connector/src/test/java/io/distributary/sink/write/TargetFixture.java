package io.distributary.sink.write;

import static io.distributary.sink.write.Sample.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.distributary.core.record.Part;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A database of a test's own, with all that the test opens to write to it and to read from it. */
final class TargetFixture implements AutoCloseable {
  final Settings settings;
  private final String url;
  private final List<Target> targets = new ArrayList<>();
  private final List<Database> databases = new ArrayList<>();

  /** Connects to nothing yet. */
  TargetFixture(String url) {
    this.url = url;
    settings = new Settings(url);
  }

  /** Another connection, whatever the targets' settings, on which these statements have run. */
  Database database(String... statements) throws SQLException {
    Database database = new Database(url);
    databases.add(database);
    database.execute(statements);
    return database;
  }

  /** A target that owns {@link Sample#PARTITION}. */
  Target open() {
    return open(PARTITION);
  }

  Target open(TopicPartition partition) {
    Target target = Targets.open(settings.done());
    targets.add(target);
    target.claim(List.of(partition));
    return target;
  }

  /** A target that has applied and committed these parts. */
  Target having(Part... parts) {
    Target target = open();
    for (Part part : parts) {
      target.apply(part);
    }
    target.commit(Map.of());
    return target;
  }

  static void assertKind(ThrowingCallable call, WriteException.Kind kind, String... words) {
    assertThatThrownBy(call)
        .asInstanceOf(type(WriteException.class))
        .returns(kind, WriteException::kind)
        .extracting(Throwable::getMessage)
        .asString()
        .satisfies(message -> assertThat(List.of(words)).allMatch(message::contains));
  }

  @Override
  public void close() throws SQLException {
    targets.forEach(Target::close);
    for (Database each : databases) {
      each.close();
    }
  }
}
