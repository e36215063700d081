package io.distributary.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.claim.Claim;
import io.distributary.core.claim.ClaimStore;
import io.distributary.core.claim.ClaimWriter;
import io.distributary.core.claim.ClaimWriter.ChunkLimit;
import io.distributary.core.claim.Origin;
import io.distributary.core.claim.chunk.RowFormat;
import io.distributary.core.claim.store.ClaimStores;
import io.distributary.core.record.Position;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.TableId;
import io.distributary.it.ClaimsCommand.Answer;
import io.distributary.quickstart.launcher.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code distributary claims} says of a real chain's claims, and what it collects. */
class ClaimsCommandIT {
  private static final int ROWS = 3_000;

  @TempDir Path directory;
  private ClaimChain chain;
  private ClaimsCommand command;

  @BeforeEach
  void begin() throws IOException, InterruptedException {
    chain = ClaimChain.in(directory);
    command = new ClaimsCommand(chain);
  }

  @AfterEach
  void end() {
    chain.end();
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "cassandra"})
  void onlyWhatAllSinksHaveAppliedIsCollected(String store) throws Exception {
    String name = "collect" + store;
    Path source = chain.table(ROWS);
    Path near = directory.resolve("near.db");
    Path far = directory.resolve("far.db");
    chain.source(store, name, source);
    chain.sink(store, name + "-near", name, near);
    chain.sink(store, name + "-far", name, far);
    command.awaitListed("applied by " + name + "-far, " + name + "-near", name);
    chain.connect().pause(name + "-far");
    chain.connect().awaitState(name + "-far", "PAUSED", ClaimChain.LIMIT);
    Chain.run(source, "UPDATE prices SET version = 2");
    ClaimChain.awaitSame(source, near);

    Answer list = command.run("list", "--store-of", name);
    assertThat(list.text())
        .as("rows and table")
        .containsPattern("prices +\\S+:\\d+ +" + ROWS + " +3 ")
        .contains("applied by " + name + "-far, " + name + "-near, but young")
        .contains("needed by " + name + "-far (PAUSED), which is at ");
    if (store.equals("cassandra")) {
      assertThat(list.text()).containsPattern(" 6d23h +applied");
    }
    assertThat(command.collect(name, "--older-than", "0s", "--dry-run").text())
        .contains("would remove " + name + ".prices-")
        .containsPattern("Would remove 1 of \\d+ claims?");
    assertThat(command.collect(name).text()).as("a day is the default").contains("Removed 0 of");
    Answer collected = command.collect(name, "--older-than", "0s");
    assertThat(collected.exit()).isZero();
    assertThat(collected.text()).containsPattern("removed " + name + ".*applied by");
    assertThat(command.listed(name))
        .contains(name + ".prices-")
        .doesNotContain("applied by " + name + "-far");

    chain.connect().resume(name + "-far");
    ClaimChain.awaitSame(source, far);
    command.awaitListed("applied by " + name + "-far, " + name + "-near", name);
    assertThat(command.collect(name, "--older-than", "0s").text()).contains("removed " + name);
    assertThat(command.listed(name)).doesNotContain(name + ".prices-");

    chain.connect().restart(name + "-near");
    Chain.run(source, "UPDATE prices SET version = 3 WHERE id < 10");
    ClaimChain.awaitSame(source, near);
    assertThat(chain.records(name + ".signal")).as("asked for").isZero();
  }

  @Test
  void aSinkThatHasNoPositionKeepsAllClaims() throws Exception {
    Path source = chain.table(ROWS);
    Path replica = directory.resolve("replica.db");
    chain.source("file", "unplaced", source);
    chain.sink("file", "unplaced-sink", "unplaced", replica);
    command.awaitListed("applied by unplaced-sink", "unplaced");
    chain.sink("file", "unplaced-new", "unplaced", directory.resolve("new.db"));
    stop("unplaced-new");
    chain.connect().resetOffsets("unplaced-new");

    Answer collected = command.collect("unplaced", "--older-than", "0s");

    assertThat(collected.text())
        .contains("needed by unplaced-new (STOPPED), which has no position in unplaced.prices-0")
        .contains("Removed 0 of 1 claim");
    chain.connect().resume("unplaced-new");
    ClaimChain.awaitSame(source, directory.resolve("new.db"));
  }

  @Test
  void aSinkThatFailedKeepsWhatItFailedAt() throws Exception {
    Path source = chain.table(ROWS);
    Path replica = directory.resolve("replica.db");
    chain.source("file", "broken", source);
    chain.sink("file", "broken-sink", "broken", replica);
    command.awaitListed("applied by broken-sink", "broken");
    Chain.run(
        replica,
        "CREATE TRIGGER refuse BEFORE UPDATE ON prices BEGIN SELECT RAISE(ABORT, 'no'); END",
        "CREATE TRIGGER deny BEFORE INSERT ON prices BEGIN SELECT RAISE(ABORT, 'no'); END");
    Chain.run(source, "UPDATE prices SET version = 2");
    chain.connect().awaitFailed("broken-sink", ClaimChain.LIMIT);

    Answer collected = command.collect("broken", "--older-than", "0s");

    assertThat(collected.text())
        .contains("needed by broken-sink (FAILED), which is at 1 of broken.prices-0")
        .contains("Removed 1 of 2 claims");
    Chain.run(replica, "DROP TRIGGER refuse", "DROP TRIGGER deny");
    chain.connect().restart("broken-sink");
    ClaimChain.awaitSame(source, replica);
  }

  @Test
  void withoutAKnownSinkNothingIsCollected() throws Exception {
    chain.source("file", "alone", chain.table(ROWS));
    command.awaitListed("no known sink reads alone.prices", "alone");

    assertThat(command.collect("alone", "--older-than", "0s").text())
        .contains("Removed 0 of 1 claim");
  }

  @Test
  void whatNoRecordRefersToIsCollectedOnlyOnDemandAndNotBeforeItsTopicWentOn() throws Exception {
    Path source = chain.table(ROWS);
    Path replica = directory.resolve("replica.db");
    chain.source("file", "orphan", source);
    chain.sink("file", "orphan-sink", "orphan", replica);
    command.awaitListed("applied by orphan-sink", "orphan");
    Claim orphan = deposit("orphan.prices");

    assertThat(command.collect("orphan", "--older-than", "0s", "--unreferenced").text())
        .contains("kept " + orphan.id() + ": no record refers to it yet");

    Chain.run(source, "UPDATE prices SET version = 2 WHERE id = 1");
    ClaimChain.awaitSame(source, replica);
    assertThat(command.collect("orphan", "--older-than", "0s").text())
        .contains("kept " + orphan.id() + ": no record refers to it any more");
    assertThat(command.collect("orphan", "--older-than", "0s", "--unreferenced").text())
        .contains("removed " + orphan.id());
  }

  /** What a source leaves behind that is killed before it sent its record. */
  private Claim deposit(String topic) {
    ConfigDef definition = new ConfigDef();
    ClaimStores.define(definition, "");
    Map<String, String> config =
        Map.of("store", "file", "file.directory", chain.claims().toString());
    try (ClaimStore store = ClaimStores.open(new AbstractConfig(definition, config, false), "")) {
      ClaimWriter writer = new ClaimWriter(store, new ChunkLimit(10, 1 << 20));
      writer.next(
          RowFormat.of(Schema.STRING_SCHEMA),
          new Origin(
              topic,
              UnitKind.UPDATE,
              new Position("e", 7),
              new TableId("main", null, "prices"),
              List.of("id")));
      writer.add("row");
      return writer.finish();
    }
  }

  @Test
  void aSinkThatIsLeftBehindIsNamed() throws Exception {
    Path source = chain.table(ROWS);
    Path replica = directory.resolve("replica.db");
    chain.source("file", "behind", source);
    chain.sink("file", "behind-sink", "behind", replica);
    command.awaitListed("applied by behind-sink", "behind");
    stop("behind-sink");
    Chain.run(source, "UPDATE prices SET version = 2");
    Await.until("the record", ClaimChain.LIMIT, () -> chain.records("behind.prices") == 2);
    assertThat(command.run("list").exit()).as("nothing is wrong yet").isZero();

    chain.removeChunks();
    Answer lost = command.run("list");
    assertThat(lost.exit()).isEqualTo(3);
    assertThat(lost.text())
        .contains(
            "ATTENTION: behind-sink (STOPPED) still has to read 1 claim of behind.prices-0 that are"
                + " not in the store")
        .contains("claim.expired=snapshot");

    chain.removeRecords("behind.prices", 2);
    Answer left = command.run("list");
    assertThat(left.exit()).isEqualTo(3);
    assertThat(left.text())
        .contains("ATTENTION: behind-sink (STOPPED) is left behind its retention: it is at 1 of")
        .contains("which begins at 2");
  }

  /** Were a claim removed that somebody needs, its sink would ask for a snapshot. */
  @Test
  void collectingAllTheTimeWhileWorkersAreKilledCostsNoSinkAnything() throws Exception {
    Path source = chain.table(ROWS);
    Path near = directory.resolve("near.db");
    Path far = directory.resolve("far.db");
    chain.source("cassandra", "busy", source);
    chain.sink("cassandra", "busy-near", "busy", near);
    chain.sink("cassandra", "busy-far", "busy", far);
    ClaimChain.awaitSame(source, far);
    AtomicBoolean running = new AtomicBoolean(true);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    List<String> removed = Collections.synchronizedList(new ArrayList<>());
    try {
      Future<?> writer =
          threads.submit(
              () -> {
                for (int version = 2; running.get(); version++) {
                  Chain.run(source, "UPDATE prices SET version = " + version);
                  TimeUnit.MILLISECONDS.sleep(300);
                }
                return null;
              });
      Future<?> collector =
          threads.submit(
              () -> {
                while (running.get()) {
                  Answer answer = command.collect("busy", "--older-than", "3s");
                  answer.text().lines().filter(l -> l.startsWith("removed ")).forEach(removed::add);
                }
                return null;
              });
      for (int i = 0; i < 3; i++) {
        int before = removed.size();
        Await.until("collections", ClaimChain.LIMIT, () -> removed.size() > before);
        chain.worker().kill();
        chain.worker().start();
        chain.worker().awaitReady();
        chain.connect().pause(i % 2 == 0 ? "busy-far" : "busy-near");
        chain.connect().resume(i % 2 == 0 ? "busy-near" : "busy-far");
      }
      running.set(false);
      writer.get();
      collector.get();
    } finally {
      running.set(false);
      threads.shutdownNow();
    }
    chain.connect().resume("busy-near");
    chain.connect().resume("busy-far");
    ClaimChain.awaitSame(source, near);
    ClaimChain.awaitSame(source, far);
    assertThat(chain.records("busy.signal")).as("snapshots asked for").isZero();
  }

  private void stop(String connector) {
    chain.connect().stop(connector);
    chain.connect().awaitState(connector, "STOPPED", ClaimChain.LIMIT);
  }
}
