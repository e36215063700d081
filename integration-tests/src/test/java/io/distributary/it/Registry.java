package io.distributary.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.distributary.quickstart.launcher.ChildJvm;
import io.distributary.quickstart.launcher.LaunchException;
import io.distributary.quickstart.launcher.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A real schema registry, Apicurio's, as a child JVM. It keeps what it knows in memory. */
final class Registry implements AutoCloseable {
  private static final Duration READY_LIMIT = Duration.ofMinutes(3);
  private static final Pattern LISTENING =
      Pattern.compile("Listening on: http://" + Pattern.quote(Ports.HOST) + ":(\\d+)");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path log;
  private final ChildJvm jvm;
  private int port;

  private Registry(Path log, ChildJvm jvm) {
    this.log = log;
    this.jvm = jvm;
  }

  /** Starts one and returns at once. */
  static Registry start(Path directory) {
    Path log = directory.resolve("registry.log");
    return new Registry(
        log,
        ChildJvm.start(
            new ChildJvm.Command(
                "schema registry",
                Chain.CHECKOUT.root().resolve("integration-tests/registry/target/lib"),
                List.of(
                    "-Xmx256m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                    "-Dquarkus.http.host=" + Ports.HOST,
                    // It opens its port last: one that was free before could be another's by then.
                    "-Dquarkus.http.port=0"),
                "io.quarkus.runner.GeneratedMain",
                List.of(),
                log)));
  }

  Registry awaitReady() {
    jvm.awaitReady(READY_LIMIT, this::answers);
    return this;
  }

  private boolean answers() {
    try {
      Matcher listening = LISTENING.matcher(Files.readString(log));
      if (!listening.find()) {
        return false;
      }
      port = Integer.parseInt(listening.group(1));
      return request("GET", "/apis/ccompat/v7/subjects", null).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** Its own API, which Apicurio's converter speaks. */
  String url() {
    return "http://" + Ports.HOST + ":" + port + "/apis/registry/v2";
  }

  /** Confluent's API. */
  String confluentUrl() {
    return "http://" + Ports.HOST + ":" + port + "/apis/ccompat/v7";
  }

  /** The schema of that id, as a reader that knows Confluent's API gets it. */
  JsonNode schema(int id) throws IOException {
    return JSON.readTree(confluent("GET", "/schemas/ids/" + id, null).path("schema").asText());
  }

  List<String> subjects() throws IOException {
    List<String> subjects = new ArrayList<>();
    confluent("GET", "/subjects", null).forEach(subject -> subjects.add(subject.asText()));
    return subjects;
  }

  int versions(String subject) throws IOException {
    return confluent("GET", "/subjects/" + encoded(subject) + "/versions", null).size();
  }

  /** Sets what new schemas of all subjects must be to those before them, as in {@code BACKWARD}. */
  void compatibility(String level) throws IOException {
    confluent("PUT", "/config", "{\"compatibility\": \"" + level + "\"}");
  }

  /** Lets one subject take any schema; to Confluent's API, "NONE" would mean "as for all" here. */
  void allowAnything(String subject) throws IOException {
    HttpResponse<String> answer =
        request(
            "POST",
            "/apis/registry/v2/groups/default/artifacts/" + encoded(subject) + "/rules",
            "{\"type\": \"COMPATIBILITY\", \"config\": \"NONE\"}");
    if (answer.statusCode() / 100 != 2) {
      throw new IOException(subject + ": " + answer.statusCode() + " " + answer.body());
    }
  }

  private JsonNode confluent(String method, String path, String body) throws IOException {
    HttpResponse<String> answer = request(method, "/apis/ccompat/v7" + path, body);
    if (answer.statusCode() != 200) {
      throw new IOException(path + ": " + answer.statusCode() + " " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  private HttpResponse<String> request(String method, String path, String body) throws IOException {
    HttpRequest.BodyPublisher content =
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body);
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://" + Ports.HOST + ":" + port + path))
              .timeout(Duration.ofSeconds(20))
              .header("Content-Type", "application/json")
              .method(method, content)
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LaunchException("Interrupted while the registry was asked", e);
    }
  }

  private static String encoded(String subject) {
    return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public void close() {
    jvm.kill();
  }
}
