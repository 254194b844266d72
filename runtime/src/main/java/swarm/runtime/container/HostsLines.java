package swarm.runtime.container;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The lines of a container's `/etc/hosts`, which its processes may write whatever they like into:
/// bytes that are no text, and more than anybody's memory holds.
final class HostsLines {
  /// Resolvers read all of it for each name. What is beyond is cut off.
  static final int MAX_BYTES = 1024 * 1024;

  private HostsLines() {}

  /// The file's content without some lines and with others.
  static byte[] changed(Path hosts, List<String> gone, List<String> added) throws IOException {
    byte[] content;
    try (InputStream in = Files.newInputStream(hosts)) {
      content = in.readNBytes(MAX_BYTES);
    }
    // each byte a character, so that all of them come through
    var lines = new ArrayList<>(new String(content, StandardCharsets.ISO_8859_1).lines().toList());
    if (content.length == MAX_BYTES) {
      lines.removeLast(); // of which only a part may be here
    }
    lines.removeAll(bytewise(gone));
    lines.addAll(bytewise(added));
    return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  private static List<String> bytewise(List<String> lines) {
    return lines.stream()
        .map(line -> new String(line.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1))
        .toList();
  }
}
