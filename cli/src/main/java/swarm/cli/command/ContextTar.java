package swarm.cli.command;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import swarm.cli.spec.InvalidValueException;
import swarm.linux.FileNames;
import swarm.runtime.dockerfile.DockerfileException;
import swarm.runtime.dockerfile.IgnorePatterns;

/// A folder as the context of a build: what `.dockerignore` leaves out is not sent, and all belongs
/// to root, as `docker build` does it. For one tar.
final class ContextTar {
  private static final String IGNORE = ".dockerignore";

  private final Path root;
  private final IgnorePatterns patterns;
  private final Map<String, byte[]> added;

  private ContextTar(Path root, IgnorePatterns patterns, Map<String, byte[]> added) {
    this.root = root;
    this.patterns = patterns;
    this.added = added;
  }

  /// @param dockerfile its name in the folder
  /// @param content of a Dockerfile that is not in the folder
  static ContextTar of(Path root, String dockerfile, Optional<byte[]> content)
      throws IOException, InvalidValueException {
    Path file = root.resolve(IGNORE);
    String text = Files.exists(file) ? FileNames.text(Files.readAllBytes(file)) : "";
    var added = new HashMap<String, byte[]>();
    if (content.isPresent()) {
      added.put(dockerfile, content.get());
      String ignore = (text.isEmpty() ? IGNORE : text) + "\n" + dockerfile + "\n";
      added.put(IGNORE, FileNames.bytes(ignore));
    }
    try {
      IgnorePatterns own = IgnorePatterns.read(text);
      // the daemon needs them, and leaves them out itself
      String needed =
          (own.ignores(IGNORE) ? "\n!" + IGNORE : "")
              + (own.ignores(dockerfile) ? "\n!" + dockerfile : "");
      return new ContextTar(root, IgnorePatterns.read(text + needed), added);
    } catch (DockerfileException e) {
      throw new InvalidValueException(String.valueOf(e.getMessage()));
    }
  }

  /// Writes it, and closes the stream.
  void write(OutputStream out) throws IOException {
    var files = new LocalFiles(out, true);
    for (Map.Entry<String, byte[]> one : added.entrySet()) {
      files.add(one.getKey(), one.getValue());
    }
    content(root, "", files);
    files.end();
    out.close();
  }

  /// A tar of one file.
  static void writeOne(String name, byte[] content, OutputStream out) throws IOException {
    var files = new LocalFiles(out, true);
    files.add(name, content);
    files.end();
  }

  private void content(Path folder, String prefix, LocalFiles files) throws IOException {
    List<Path> all = new ArrayList<>();
    try (Stream<Path> found = Files.list(folder)) {
      found.forEach(all::add);
    }
    Collections.sort(all);
    for (Path file : all) {
      String name = prefix + FileNames.of(file);
      boolean ignored = patterns.ignores(name) || added.containsKey(name);
      if (!ignored) {
        files.add(file, name);
      }
      boolean holdsMore = !ignored || patterns.keepsSome();
      if (holdsMore && Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
        content(file, name + "/", files);
      }
    }
  }
}
