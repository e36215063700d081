package io.distributary.core.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;

/**
 * The reference of a connector's configuration, as Markdown made from its {@link ConfigDef}. It
 * stands in {@code docs/configuration.md} between two marks, one section per connector.
 */
public final class ConfigReference {
  private ConfigReference() {}

  /** The definition as Markdown: a table per group, groups and keys in their order. */
  public static String markdown(ConfigDef definition) {
    Map<String, List<ConfigKey>> groups =
        definition.configKeys().values().stream()
            .filter(key -> !key.internalConfig)
            .sorted(Comparator.comparing(key -> key.orderInGroup))
            .collect(
                Collectors.groupingBy(
                    key -> key.group == null ? "Other" : key.group,
                    LinkedHashMap::new,
                    Collectors.toList()));
    StringBuilder markdown = new StringBuilder();
    definition.groups().forEach(group -> table(markdown, group, groups.get(group)));
    return markdown.toString();
  }

  private static void table(StringBuilder markdown, String group, List<ConfigKey> keys) {
    markdown.append("### ").append(group).append("\n\n");
    markdown.append("| key | type | default | allowed | what it does |\n");
    markdown.append("| --- | --- | --- | --- | --- |\n");
    for (ConfigKey key : keys) {
      markdown.append(
          "| `%s` | %s | %s | %s | %s |\n"
              .formatted(
                  key.name,
                  key.type.name().toLowerCase(java.util.Locale.ROOT),
                  key.hasDefault() ? value(key.defaultValue) : "**required**",
                  key.validator == null ? "" : cell(key.validator.toString()),
                  cell(key.documentation)));
    }
    markdown.append('\n');
  }

  private static String value(Object value) {
    boolean nothing = value == null || value.toString().isEmpty() || value.equals(List.of());
    return nothing ? "" : "`" + cell(value.toString()) + "`";
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }

  /**
   * The section as it stands in the file.
   *
   * @param section the name in its marks
   * @throws IllegalArgumentException when the file has no such section
   */
  public static String read(Path file, String section) throws IOException {
    String text = Files.readString(file);
    return text.substring(begin(text, section), end(text, section));
  }

  /** Puts the section into the file. */
  public static void write(Path file, String section, String markdown) throws IOException {
    String text = Files.readString(file);
    Files.writeString(
        file,
        text.substring(0, begin(text, section)) + markdown + text.substring(end(text, section)));
  }

  private static int begin(String text, String section) {
    String mark = "<!-- " + section + ": generated, see CONTRIBUTING.md -->\n";
    int at = text.indexOf(mark);
    if (at < 0) {
      throw new IllegalArgumentException("There is no mark " + mark.strip());
    }
    return at + mark.length();
  }

  private static int end(String text, String section) {
    int at = text.indexOf("<!-- end of " + section + " -->");
    if (at < 0) {
      throw new IllegalArgumentException("Section " + section + " has no end");
    }
    return at;
  }
}
