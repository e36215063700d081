package io.distributary.cli;

import java.util.Map;

/**
 * A connector as its Connect cluster knows it.
 *
 * @param cluster asks the cluster that it is in
 * @param sink whether it reads from Kafka
 * @param state RUNNING, or what it or the worst of its tasks is in instead
 */
record Connector(
    ConnectCluster cluster, String name, boolean sink, String state, Map<String, String> config) {}
