package io.distributary.quickstart.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/** A configuration as the file that a command or a child reads. */
public final class PropertiesFile {

  private PropertiesFile() {}

  /** Writes the entries, making directories as needed, and returns the file. */
  public static Path write(Path file, Map<String, String> entries) {
    Properties properties = new Properties();
    properties.putAll(entries);
    try {
      Files.createDirectories(file.getParent());
      try (Writer writer = Files.newBufferedWriter(file)) {
        properties.store(writer, "Written anew at every start");
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
