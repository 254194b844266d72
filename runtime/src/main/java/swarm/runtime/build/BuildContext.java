package swarm.runtime.build;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.linux.FileNames;
import swarm.linux.RootedFiles;
import swarm.runtime.archive.Compression;
import swarm.runtime.archive.TarSums;
import swarm.runtime.archive.TreeDeletion;
import swarm.runtime.archive.TreePaths;
import swarm.runtime.archive.TreeUnpacker;
import swarm.runtime.dockerfile.DockerfileException;
import swarm.runtime.dockerfile.IgnorePatterns;
import swarm.runtime.snapshot.OverlayMounts;

/// The files that a build may copy from, unpacked in a folder of their own that goes with it. They
/// are a stranger's: nothing in it is followed out of it, and nothing but regular files is read.
public final class BuildContext implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BuildContext.class);
  private static final String IGNORE = ".dockerignore";
  private static final int MAX_TEXT = 4 * 1024 * 1024;

  private final Path folder;
  private final TarSums sums;

  private BuildContext(Path folder, TarSums sums) {
    this.folder = folder;
    this.sums = sums;
  }

  /// Unpacks a tar, which may be compressed.
  ///
  /// @param folder empty
  static BuildContext unpack(InputStream tar, Path folder) throws IOException {
    var context = new BuildContext(folder, new TarSums());
    boolean whole = false;
    try (InputStream in = Compression.open(tar)) {
      new TreeUnpacker(folder, "/", new TreeUnpacker.Options(false, Optional.empty()))
          .unpack(in, context.sums);
      whole = true;
      return context;
    } finally {
      if (!whole) {
        context.close();
      }
    }
  }

  SourceTree tree() {
    return new SourceTree.Context(folder, sums);
  }

  /// The text of the Dockerfile. It is taken out of the context where `.dockerignore` says so: the
  /// client had to send it.
  String dockerfile(String path) throws IOException {
    String found = path;
    Optional<String> text = text(path);
    if (text.isEmpty() && path.equals(BuildOptions.DOCKERFILE)) {
      found = path.toLowerCase(Locale.ROOT);
      text = text(found);
    }
    if (text.isEmpty()) {
      throw BuildException.failed("Cannot locate specified Dockerfile: " + path);
    }
    if (text.get().isEmpty()) {
      throw BuildException.invalid("the Dockerfile (" + found + ") cannot be empty");
    }
    removeIgnored(found);
    return text.get();
  }

  private Optional<String> text(String path) throws IOException {
    return bytes(path).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  private Optional<byte[]> bytes(String path) throws IOException {
    return RootedFiles.read(folder, "/" + path, MAX_TEXT);
  }

  private void removeIgnored(String dockerfile) throws IOException {
    Optional<String> ignore = bytes(IGNORE).map(FileNames::text);
    if (ignore.isEmpty()) {
      return;
    }
    try {
      IgnorePatterns patterns = IgnorePatterns.read(ignore.get());
      for (String file : List.of(IGNORE, TreePaths.relative(dockerfile))) {
        if (patterns.ignores(file)) {
          TreeDeletion.delete(folder, "/" + file);
        }
      }
    } catch (DockerfileException e) {
      throw BuildException.invalid(e.getMessage());
    }
  }

  @Override
  public void close() {
    try {
      OverlayMounts.deleteTree(folder);
    } catch (IOException e) { // the next start of the daemon clears it away
      LOG.warn("the context of a build could not be deleted", e);
    }
  }
}
