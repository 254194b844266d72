package swarm.node.api;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;

/// This program's own version.
public final class Version {
  public static final String NUMBER = "0.1.0";
  static final String COMMIT = "unknown";

  private Version() {}

  /// When the file was written that this class is from, as RFC 3339 has it: builds are
  /// reproducible, so that nothing within it knows. Empty where it is from no file.
  static String buildTime() throws IOException {
    // not by the class's code source: one that comes from the start-up cache has no location where
    // the distribution was moved after the cache was made, as installing it does
    URL own = Version.class.getResource("Version.class");
    if (own == null) {
      return "";
    }
    return switch (own.getProtocol()) {
      case "file" -> modified(own.toString());
      case "jar" -> modified(own.getPath().substring(0, own.getPath().indexOf("!/")));
      default -> "";
    };
  }

  private static String modified(String file) throws IOException {
    return Files.getLastModifiedTime(Path.of(URI.create(file))).toString();
  }
}
