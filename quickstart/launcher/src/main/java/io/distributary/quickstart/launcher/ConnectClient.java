package io.distributary.quickstart.launcher;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/**
 * A client of a Connect worker's REST API. Thread-safe.
 *
 * <p>A request that Connect refuses throws {@link ConnectRestException}, one that does not reach it
 * {@link UncheckedIOException}. While Connect rebalances (409) it is asked again.
 */
public final class ConnectClient {

  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(90);
  private static final Duration REBALANCE_LIMIT = Duration.ofSeconds(60);

  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  private final URI worker;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final ObjectMapper json = new ObjectMapper();

  /**
   * @param worker such as {@code http://127.0.0.1:8083}
   */
  public ConnectClient(URI worker) {
    this.worker = worker;
  }

  /** Whether the worker is up and has joined its cluster. */
  public boolean healthy() {
    try {
      return send("GET", "/health", null).statusCode() == 200;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  /** The names of all connectors. */
  public List<String> connectors() {
    return json.convertValue(call("GET", "/connectors", null), new TypeReference<>() {});
  }

  /** The plugins that the worker found: class, type and version of each. */
  public JsonNode plugins() {
    return call("GET", "/connector-plugins?connectorsOnly=false", null);
  }

  /** Creates a connector, or gives it another configuration. */
  public void put(String name, Map<String, String> config) {
    call("PUT", connector(name) + "/config", json.valueToTree(config));
  }

  /**
   * Creates or changes the connector that a file describes, as in {@code connector-configs/}.
   *
   * @param file JSON with {@code name} and {@code config}
   * @param overrides configuration that goes over the file's; a {@code name} too
   * @return its name
   */
  public String put(Path file, Map<String, String> overrides) {
    try {
      JsonNode connector = json.readTree(file.toFile());
      Map<String, String> config =
          json.convertValue(connector.required("config"), new TypeReference<>() {});
      config.putAll(overrides);
      String name = config.getOrDefault("name", connector.required("name").asText());
      put(name, config);
      return name;
    } catch (IOException e) {
      throw new UncheckedIOException(file + " is no connector's JSON: " + e.getMessage(), e);
    }
  }

  /** A connector's configuration. */
  public Map<String, String> config(String name) {
    return json.convertValue(
        call("GET", connector(name) + "/config", null), new TypeReference<>() {});
  }

  /**
   * What the connector's own validation says of a configuration.
   *
   * @param connectorClass the class's name, simple or full
   * @return Connect's answer: a count of errors, and each key's value and errors
   */
  public JsonNode validate(String connectorClass, Map<String, String> config) {
    return call(
        "PUT",
        "/connector-plugins/" + encoded(connectorClass) + "/config/validate",
        json.valueToTree(config));
  }

  /** A connector's status, or empty when Connect does not know it (yet). */
  public Optional<ConnectorStatus> status(String name) {
    try {
      return Optional.of(ConnectorStatus.of(call("GET", connector(name) + "/status", null)));
    } catch (ConnectRestException e) {
      if (e.status() == NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Returns when the connector and all its tasks run.
   *
   * @throws LaunchException with the reason, when they do not within the limit, or fail and stay so
   */
  public void awaitRunning(String name, Duration limit) {
    FailureWatch failure = new FailureWatch();
    await(
        name,
        "running",
        limit,
        status -> {
          if (failure.lasts(status)) {
            throw new LaunchException("Connector " + name + " failed: " + status.describe());
          }
          return status.running();
        });
  }

  /** Tells a failure that stays from one that a restart is about to clear. */
  private static final class FailureWatch {

    private static final Duration FOR_GOOD = Duration.ofSeconds(3);

    private long runningUntil = System.nanoTime();

    boolean lasts(ConnectorStatus status) {
      if (!status.failed()) {
        runningUntil = System.nanoTime();
      }
      return System.nanoTime() - runningUntil > FOR_GOOD.toNanos();
    }
  }

  /**
   * Returns when the connector and what tasks it has are in the given state.
   *
   * @param state such as STOPPED (then it has no tasks any more), PAUSED or FAILED
   */
  public void awaitState(String name, String state, Duration limit) {
    await(name, state, limit, status -> status.all(state));
  }

  /** Returns when the connector or a task failed, with the reason. */
  public String awaitFailed(String name, Duration limit) {
    return await(name, "failed", limit, ConnectorStatus::failed).describe();
  }

  private ConnectorStatus await(
      String name, String wanted, Duration limit, Predicate<ConnectorStatus> condition) {
    AtomicReference<ConnectorStatus> seen = new AtomicReference<>();
    Await.until(
        limit,
        () -> {
          seen.set(status(name).orElse(null));
          return seen.get() != null && condition.test(seen.get());
        },
        () ->
            "Connector %s was not %s within %d s: %s"
                .formatted(
                    name,
                    wanted,
                    limit.toSeconds(),
                    seen.get() == null ? "Connect does not know it" : seen.get().describe()));
    return seen.get();
  }

  /** Stops a connector: its tasks are gone, its offsets can be changed. Returns at once. */
  public void stop(String name) {
    call("PUT", connector(name) + "/stop", null);
  }

  /** Pauses a connector: its tasks stay and do nothing. Returns at once. */
  public void pause(String name) {
    call("PUT", connector(name) + "/pause", null);
  }

  /** Lets a stopped or paused connector run again. Returns at once. */
  public void resume(String name) {
    call("PUT", connector(name) + "/resume", null);
  }

  /** Restarts a connector and all its tasks. Returns at once. */
  public void restart(String name) {
    call("POST", connector(name) + "/restart?includeTasks=true", null);
  }

  /** Removes a connector; its offsets stay. */
  public void delete(String name) {
    call("DELETE", connector(name), null);
  }

  /** A connector's offsets: an array of {@code partition} and {@code offset}. */
  public JsonNode offsets(String name) {
    return call("GET", connector(name) + "/offsets", null).path("offsets");
  }

  /**
   * Changes offsets of a stopped connector.
   *
   * @param offsets as {@link #offsets} gives them; a null position resets its partition
   * @return what Connect says of it
   */
  public String alterOffsets(String name, JsonNode offsets) {
    JsonNode body = json.createObjectNode().set("offsets", offsets);
    return call("PATCH", connector(name) + "/offsets", body).path("message").asText();
  }

  /** Resets all offsets of a stopped connector, and returns what Connect says of it. */
  public String resetOffsets(String name) {
    return call("DELETE", connector(name) + "/offsets", null).path("message").asText();
  }

  private JsonNode call(String method, String path, JsonNode body) {
    AtomicReference<HttpResponse<String>> answer = new AtomicReference<>();
    Await.until(
        "end of Connect's rebalance",
        REBALANCE_LIMIT,
        () -> {
          answer.set(send(method, path, body));
          return answer.get().statusCode() != CONFLICT;
        });
    JsonNode result = parse(answer.get().body());
    int status = answer.get().statusCode();
    if (status >= 400) {
      throw new ConnectRestException(
          status,
          "%s %s: HTTP %d: %s".formatted(method, path, status, result.path("message").asText()));
    }
    return result;
  }

  private HttpResponse<String> send(String method, String path, JsonNode body) {
    HttpRequest request =
        HttpRequest.newBuilder(worker.resolve(path))
            .method(
                method,
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()))
            .header("Content-Type", "application/json")
            .timeout(REQUEST_LIMIT)
            .build();
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "No answer from the Connect worker at " + worker + " to " + method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LaunchException("Interrupted while calling the Connect worker", e);
    }
  }

  /** An empty body is no JSON: it becomes a missing node. */
  private JsonNode parse(String body) {
    try {
      return json.readTree(body);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("The Connect worker answered: " + body, e);
    }
  }

  private static String connector(String name) {
    return "/connectors/" + encoded(name);
  }

  private static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
