package io.distributary.cli;

import io.distributary.core.claim.ClaimStore;
import io.distributary.core.claim.StoredClaim;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.ConnectException;

/** {@code claims list} and {@code claims collect}. */
final class ClaimsCommand {
  private final Arguments arguments;
  private final ClaimStore store;
  private final TopicReader reader;
  private final List<Connector> connectors;
  private final PrintStream out;

  private ClaimsCommand(
      Arguments arguments,
      ClaimStore store,
      TopicReader reader,
      List<Connector> connectors,
      PrintStream out) {
    this.arguments = arguments;
    this.store = store;
    this.reader = reader;
    this.connectors = connectors;
    this.out = out;
  }

  /**
   * Runs the command.
   *
   * @return the exit status
   * @throws UsageException when settings are wrong
   * @throws CommandException when something cannot be reached
   */
  static int run(Arguments arguments, PrintStream out) {
    ClaimsConfig config = new ClaimsConfig(arguments.settings());
    List<Connector> connectors =
        config.connectUrls().stream()
            .map(url -> new ConnectCluster(url, config.connectUser(), config.connectPassword()))
            .flatMap(cluster -> cluster.connectors().stream())
            .toList();
    try (ClaimStore store = config.store(connectors);
        TopicReader reader = new TopicReader(config.kafka())) {
      return new ClaimsCommand(arguments, store, reader, connectors, out).run();
    } catch (ConnectException e) {
      throw new CommandException(e.getMessage(), e);
    }
  }

  private int run() {
    Instant now = Instant.now();
    // The order matters: a record's claim was stored before it, so it is gone if it is not listed
    // afterwards; and a sink's position counts only for records that were seen before.
    List<StoredClaim> known = store.list();
    Topics topics = reader.read(topicsToRead(known), hashes(known));
    List<StoredClaim> claims = new ArrayList<>(store.list());
    claims.sort(Comparator.comparing(StoredClaim::written).thenComparing(StoredClaim::id));
    List<Sink> sinks = connectors.stream().filter(Connector::sink).map(Sink::of).toList();
    reader.addEnds(topics);
    Survey survey =
        new Survey(topics, sinks, now.minus(arguments.olderThan()), arguments.unreferenced());

    Report report = new Report(out, now);
    for (StoredClaim claim : claims) {
      ClaimDetails details = ClaimDetails.read(store, claim);
      Verdict verdict = survey.of(claim, details.origin());
      report.add(claim, details, verdict);
      if (arguments.collect()) {
        collect(claim, verdict, survey.since(), report);
      }
    }
    if (arguments.collect()) {
      report.collected(arguments.dryRun());
    } else {
      report.list();
    }
    List<String> problems = survey.problems(hashes(claims));
    report.problems(problems);
    return problems.isEmpty() ? Distributary.DONE : Distributary.ATTENTION;
  }

  private void collect(StoredClaim claim, Verdict verdict, Instant since, Report report) {
    if (!verdict.collectable()) {
      report.kept(claim, verdict);
      return;
    }
    if (!arguments.dryRun()) {
      store.delete(claim.id(), claim.chunks(), since);
    }
    report.removed(claim, verdict, arguments.dryRun());
  }

  /** Those that claims come from, and those of all sinks that read claims. */
  private Set<String> topicsToRead(List<StoredClaim> known) {
    Set<String> present = reader.names();
    Set<String> topics = new HashSet<>();
    for (Connector connector : connectors) {
      if (connector.sink() && Sink.readsClaims(connector.config())) {
        Subscription subscription = Subscription.of(connector.config());
        present.stream().filter(subscription::covers).forEach(topics::add);
      }
    }
    for (StoredClaim claim : known) {
      present.stream().filter(topic -> ClaimIds.names(claim.id(), topic)).forEach(topics::add);
    }
    return topics;
  }

  private static Set<String> hashes(List<StoredClaim> claims) {
    return claims.stream()
        .map(claim -> ClaimIds.hash(claim.id()))
        .filter(Objects::nonNull)
        .collect(Collectors.toSet());
  }
}
