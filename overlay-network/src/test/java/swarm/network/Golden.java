package swarm.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Compares with a file of expected text beside the tests. `-Dgolden.rewrite=true` writes the files
/// anew; commit the changes only if you understand what caused them.
public final class Golden {
  private static final Path SOURCES = Path.of("src/test/resources/swarm/network");

  private Golden() {}

  /// Fails unless the text is what the file has.
  public static void matches(String file, String actual) {
    try {
      if (Boolean.getBoolean("golden.rewrite")) {
        Files.writeString(SOURCES.resolve(file), actual);
        return;
      }
      try (InputStream in = Golden.class.getResourceAsStream(file)) {
        assertThat(in).as("golden file " + file).isNotNull();
        assertThat(actual).isEqualTo(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
