package swarm.node.api;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;

/// This program's own version.
public final class Version {
  public static final String NUMBER = "0.1.0";
  static final String COMMIT = "unknown";

  private Version() {}

  /// When the file was written that this class is from, as RFC 3339 has it: builds are
  /// reproducible, so that nothing within it knows. Empty where it is from no file.
  static String buildTime() throws IOException {
    CodeSource source = Version.class.getProtectionDomain().getCodeSource();
    if (source == null || !source.getLocation().getProtocol().equals("file")) {
      return "";
    }
    try {
      return Files.getLastModifiedTime(Path.of(source.getLocation().toURI())).toString();
    } catch (URISyntaxException e) {
      throw new IOException("the program's own file has an odd name: " + source.getLocation(), e);
    }
  }
}
