package swarm.cli.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import swarm.cli.compose.ComposeException;
import swarm.cli.compose.ComposeFile;
import swarm.cli.compose.ComposeLoader;
import swarm.cli.compose.Stack;
import swarm.cli.spec.InvalidValueException;

/// Reads the Compose files of a command line.
///
/// @param file all of them, merged
/// @param source where what they name is read from
record StackFiles(ComposeFile file, ComposeLoader.Source source) {
  /// Longest file that is read: a secret or config may have 500 KiB and 1,000 KiB.
  private static final int LIMIT = 4 * 1024 * 1024;

  static StackFiles load(Invocation call, boolean interpolate)
      throws IOException, InvalidValueException {
    List<String> names =
        call.list("--compose-file").stream().flatMap(n -> Arrays.stream(n.split(","))).toList();
    if (names.isEmpty()) {
      throw new InvalidValueException("Specify a Compose file (with --compose-file)");
    }
    var texts = new ArrayList<ComposeLoader.Text>();
    for (String name : names) {
      texts.add(new ComposeLoader.Text(name, text(call, name)));
    }
    Path first = LocalFiles.path(names.getFirst()).toAbsolutePath();
    Path parent = first.getParent();
    var source =
        new ComposeLoader.Source(
            parent == null ? first : parent, call.terminal().environment(), StackFiles::read);
    try {
      return new StackFiles(ComposeLoader.load(texts, source, interpolate), source);
    } catch (ComposeException e) {
      throw new InvalidValueException(e.reason());
    }
  }

  Stack stack(String name) throws InvalidValueException {
    try {
      return Stack.of(name, file, source);
    } catch (ComposeException e) {
      throw new InvalidValueException(e.reason());
    }
  }

  private static String text(Invocation call, String name)
      throws IOException, InvalidValueException {
    try {
      byte[] bytes =
          name.equals("-") ? call.terminal().in().readNBytes(LIMIT) : read(LocalFiles.path(name));
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (NoSuchFileException _) {
      throw new InvalidValueException("open " + name + ": no such file or directory");
    } catch (InvalidPathException e) {
      throw new InvalidValueException("open " + name + ": " + e.getMessage());
    }
  }

  private static byte[] read(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException("is a directory");
    }
    try (var in = Files.newInputStream(file)) {
      return in.readNBytes(LIMIT);
    }
  }
}
