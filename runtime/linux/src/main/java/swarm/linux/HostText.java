package swarm.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Files of the host's that its user writes, such as `/etc/resolv.conf`: their comments may be in
/// whatever encoding.
public final class HostText {
  private HostText() {}

  /// The text of a file, with U+FFFD for what is not UTF-8; empty where there is no such file.
  public static String of(Path file) throws IOException {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (NoSuchFileException _) {
      return "";
    }
  }
}
