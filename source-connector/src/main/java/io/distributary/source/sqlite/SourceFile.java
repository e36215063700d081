package io.distributary.source.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/** The database file, and whether its name still stands for the file that was opened. */
final class SourceFile {
  private final Path path;
  private Object opened;

  SourceFile(Path path) {
    this.path = path;
  }

  Path path() {
    return path;
  }

  /** Takes the file that is there now for the one that is being opened. */
  void opening() throws IOException {
    opened = identity();
  }

  /**
   * Whether another file has taken the name. An open database would go on reading the old one.
   *
   * @throws NoSuchFileException when there is none
   */
  boolean replaced() throws IOException {
    return !Objects.equals(opened, identity());
  }

  /**
   * Device and inode; file systems without them have null, and replacing open files fails there.
   */
  private Object identity() throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }
}
