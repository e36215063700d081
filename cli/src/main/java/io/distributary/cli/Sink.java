package io.distributary.cli;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * A sink, and how far it is.
 *
 * @param state as Connect has it
 * @param readsClaims whether it fetches the rows of claims, itself or by a transform
 * @param positions the offset that it reads next, where it has committed any
 */
record Sink(
    String name,
    String state,
    boolean readsClaims,
    Subscription topics,
    Map<TopicPartition, Long> positions) {
  private static final String OWN = "io.distributary.sink.DistributarySinkConnector";
  private static final String REDEEM = "io.distributary.smt.ClaimCheckRedeem";

  /** The sink behind a connector; asks Connect for its positions. */
  static Sink of(Connector connector) {
    return new Sink(
        connector.name(),
        connector.state(),
        readsClaims(connector.config()),
        Subscription.of(connector.config()),
        connector.cluster().positions(connector.name()));
  }

  static boolean readsClaims(Map<String, String> config) {
    String type = config.getOrDefault("connector.class", "");
    return type.equals(OWN)
        || OWN.endsWith("." + type)
        || config.entrySet().stream()
            .anyMatch(
                setting ->
                    setting.getKey().startsWith("transforms.")
                        && setting.getKey().endsWith(".type")
                        && REDEEM.equals(setting.getValue()));
  }

  /** For people: which sink it is, and in what state if it does not run. */
  String label() {
    return state.equals("RUNNING") ? name : name + " (" + state + ")";
  }
}
