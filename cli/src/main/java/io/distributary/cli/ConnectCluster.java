package io.distributary.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;

/**
 * Asks a Connect cluster, by its REST API, what it runs. TLS is Java's own: the system properties
 * {@code javax.net.ssl.*} say what to trust.
 */
final class ConnectCluster {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(90);
  private static final int REBALANCE_ATTEMPTS = 60;
  private static final int CONFLICT = 409;

  private final URI worker;
  private final String authorization;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NORMAL)
          .connectTimeout(CONNECT_LIMIT)
          .build();
  private final ObjectMapper json = new ObjectMapper();

  /**
   * @param url of any of its workers
   * @param user empty for none
   * @throws UsageException when the address is none
   */
  ConnectCluster(String url, String user, String password) {
    try {
      worker = URI.create(url.endsWith("/") ? url : url + "/");
    } catch (IllegalArgumentException e) {
      throw new UsageException("--connect " + url + " is no address: " + e.getMessage(), e);
    }
    if (worker.getHost() == null || !worker.getScheme().startsWith("http")) {
      throw new UsageException("--connect " + url + ": it has to be http://host:port or https://…");
    }
    byte[] credentials = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    authorization =
        user.isEmpty() ? null : "Basic " + Base64.getEncoder().encodeToString(credentials);
  }

  /** All connectors. */
  List<Connector> connectors() {
    List<Connector> connectors = new ArrayList<>();
    JsonNode answer = get("connectors?expand=info&expand=status");
    for (Map.Entry<String, JsonNode> entry : answer.properties()) {
      JsonNode info = entry.getValue().path("info");
      Map<String, String> config =
          json.convertValue(info.path("config"), new TypeReference<HashMap<String, String>>() {});
      boolean sink =
          "sink".equals(info.path("type").asText())
              || config.containsKey("topics")
              || config.containsKey("topics.regex");
      connectors.add(
          new Connector(
              this, entry.getKey(), sink, state(entry.getValue().path("status")), config));
    }
    return connectors;
  }

  private static String state(JsonNode status) {
    String state = status.path("connector").path("state").asText("UNKNOWN");
    for (JsonNode task : status.path("tasks")) {
      if ("FAILED".equals(task.path("state").asText())) {
        return "FAILED";
      }
    }
    return state;
  }

  /** The offset that a sink reads next, for each partition for which it has committed any. */
  Map<TopicPartition, Long> positions(String sink) {
    Map<TopicPartition, Long> positions = new HashMap<>();
    String name = URLEncoder.encode(sink, StandardCharsets.UTF_8).replace("+", "%20");
    for (JsonNode entry : get("connectors/" + name + "/offsets").path("offsets")) {
      JsonNode partition = entry.path("partition");
      JsonNode offset = entry.path("offset").path("kafka_offset");
      if (partition.hasNonNull("kafka_topic") && offset.isIntegralNumber()) {
        positions.put(
            new TopicPartition(
                partition.path("kafka_topic").asText(), partition.path("kafka_partition").asInt()),
            offset.asLong());
      }
    }
    return positions;
  }

  /** While Connect rebalances it is asked again. */
  private JsonNode get(String path) {
    for (int attempt = 1; ; attempt++) {
      HttpResponse<String> answer = send(path);
      if (answer.statusCode() == 200) {
        return parsed(path, answer.body());
      }
      if (answer.statusCode() != CONFLICT || attempt == REBALANCE_ATTEMPTS) {
        throw refused(path, answer);
      }
      pause();
    }
  }

  private CommandException refused(String path, HttpResponse<String> answer) {
    String cure =
        switch (answer.statusCode()) {
          case 401, 403 -> "Set connect.user and connect.password, in a file given by --config.";
          case 404 -> "Is it a Connect worker, of version 3.6 or later?";
          case CONFLICT -> "Connect is rebalancing; try again later.";
          default -> "It says: " + answer.body();
        };
    return new CommandException(
        "Connect at "
            + worker
            + " answered "
            + path
            + " with HTTP "
            + answer.statusCode()
            + ". "
            + cure,
        null);
  }

  private HttpResponse<String> send(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(worker.resolve(path)).timeout(ANSWER_LIMIT).GET();
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (ConnectException e) {
      throw new CommandException(
          "No Connect worker listens at "
              + worker
              + ". Give a worker's REST address with --connect.",
          e);
    } catch (IOException e) {
      throw new CommandException(
          "Connect at "
              + worker
              + " cannot be asked: "
              + e
              + ". For TLS, say what to trust in"
              + " DISTRIBUTARY_OPTS with -Djavax.net.ssl.trustStore and trustStorePassword.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("Interrupted", e);
    }
  }

  private JsonNode parsed(String path, String body) {
    try {
      return json.readTree(body);
    } catch (JsonProcessingException e) {
      throw new CommandException(
          "What answers " + path + " at " + worker + " is no Connect worker: it is not JSON", e);
    }
  }

  private static void pause() {
    try {
      TimeUnit.SECONDS.sleep(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("Interrupted", e);
    }
  }
}
