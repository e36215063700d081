package io.distributary.quickstart.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A connector's state and that of its tasks, as Connect tells it.
 *
 * @param connector the connector's own
 * @param tasks in the order of their numbers
 */
public record ConnectorStatus(Part connector, List<Part> tasks) {

  /**
   * The connector or a task.
   *
   * @param state such as RUNNING, FAILED, PAUSED, STOPPED, UNASSIGNED
   * @param trace why it failed, or empty
   */
  public record Part(String state, String trace) {

    private static Part of(JsonNode json) {
      return new Part(json.path("state").asText(), json.path("trace").asText());
    }
  }

  static ConnectorStatus of(JsonNode json) {
    return new ConnectorStatus(
        Part.of(json.path("connector")),
        StreamSupport.stream(json.path("tasks").spliterator(), false).map(Part::of).toList());
  }

  /** Whether the connector and at least one task run, and none does not. */
  public boolean running() {
    return !tasks.isEmpty() && all("RUNNING");
  }

  /** Whether the connector and what tasks it has are all in the given state. */
  public boolean all(String state) {
    return parts().allMatch(part -> part.state().equals(state));
  }

  /** Whether the connector or a task failed. */
  public boolean failed() {
    return parts().anyMatch(part -> part.state().equals("FAILED"));
  }

  /** The states, and why what failed did so. */
  public String describe() {
    return parts()
        .map(part -> (part.state() + " " + part.trace()).strip())
        .collect(Collectors.joining(System.lineSeparator()));
  }

  private Stream<Part> parts() {
    return Stream.concat(Stream.of(connector), tasks.stream());
  }
}
