package io.distributary.smt;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

class FileClaimCheckTest extends ClaimCheckContract {
  @TempDir Path directory;

  @Override
  Map<String, String> store() {
    return Map.of("store", "file", "file.directory", directory.toString());
  }
}
