package swarm.runtime.container;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// Finds the monitors that an earlier daemon left, by what their command lines say: that needs no
/// record, which a killed daemon may not have written.
final class Monitors {
  private static final String BUNDLE = "--bundle=";

  private Monitors() {}

  /// The process numbers of live monitors, by the folder that each was started with, for folders
  /// below `root`.
  static Map<Path, Integer> running(Path root) throws IOException {
    Map<Path, Integer> found = new HashMap<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        Path folder = folder(process);
        if (folder.startsWith(root)) {
          found.put(folder, Integer.parseInt(process.getFileName().toString()));
        }
      }
    }
    return found;
  }

  // The runtime's own `create --bundle X` is no monitor: its words are separate.
  private static Path folder(Path process) {
    try {
      String line = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
      for (String word : line.split("\0", -1)) {
        if (word.startsWith(BUNDLE)) {
          return Path.of(word.substring(BUNDLE.length()));
        }
      }
    } catch (IOException | java.nio.file.InvalidPathException e) {
      // It ended meanwhile, or is none of ours.
      return Path.of("");
    }
    return Path.of("");
  }
}
