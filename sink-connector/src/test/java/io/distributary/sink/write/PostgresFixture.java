package io.distributary.sink.write;

import static io.distributary.sink.write.Sample.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.distributary.core.record.Part;
import io.distributary.it.postgres.PostgresServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A database of its own on the shared server, with what writes to it and reads from it. */
final class PostgresFixture implements AutoCloseable {
  final Settings settings;
  final Database database;
  private final List<Target> targets = new ArrayList<>();
  private final List<Database> databases = new ArrayList<>();

  PostgresFixture() throws SQLException {
    this(PostgresServer.shared());
  }

  PostgresFixture(PostgresServer server) throws SQLException {
    settings = new Settings(server.createDatabase());
    database = database();
  }

  Database database() throws SQLException {
    Database another = new Database(settings.url);
    databases.add(another);
    return another;
  }

  Target open() {
    Target target = Targets.open(settings.done());
    targets.add(target);
    target.claim(List.of(PARTITION));
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
