package swarm.cli.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import swarm.linux.FileNames;

/// Arguments byte for byte. Java decodes them, and bytes that are not UTF-8 become U+FFFD; the
/// kernel has them as they were given.
public final class ExactArguments {
  private static final Path OWN = Path.of("/proc/self/cmdline");
  private static final char REPLACEMENT = '\uFFFD';

  /// The commands whose arguments name files of whatever bytes; all others send theirs as JSON.
  private static final Set<String> COMMANDS = Set.of("cp", "build");

  private ExactArguments() {}

  /// The arguments of this process, as texts of [FileNames] from the first such command on.
  ///
  /// @param decoded as Java gave them
  public static String[] of(String[] decoded) {
    if (Arrays.stream(decoded).noneMatch(one -> one.indexOf(REPLACEMENT) >= 0)) {
      return decoded;
    }
    try {
      return of(decoded, Files.readAllBytes(OWN));
    } catch (IOException _) {
      return decoded; // no /proc: such a name is then not found
    }
  }

  /// Pure.
  ///
  /// @param line the process's words, each ended by a zero; its last ones are the arguments
  static String[] of(String[] decoded, byte[] line) {
    List<byte[]> words = words(line);
    int before = words.size() - decoded.length;
    String[] exact = decoded.clone();
    boolean files = false;
    for (int i = 0; i < decoded.length && before >= 0; i++) {
      byte[] word = words.get(before + i);
      if (!new String(word, StandardCharsets.UTF_8).equals(decoded[i])) {
        return decoded; // these are not the words that they were made from
      }
      exact[i] = files ? FileNames.text(word) : decoded[i];
      files |= COMMANDS.contains(decoded[i]);
    }
    return exact;
  }

  private static List<byte[]> words(byte[] line) {
    var words = new ArrayList<byte[]>();
    int from = 0;
    for (int i = 0; i < line.length; i++) {
      if (line[i] == 0) {
        words.add(Arrays.copyOfRange(line, from, i));
        from = i + 1;
      }
    }
    return words;
  }
}
