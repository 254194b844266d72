package swarm.runtime.build;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.linux.FileNames;
import swarm.linux.RootedFiles;
import swarm.runtime.archive.Compression;
import swarm.runtime.archive.EndlessLinkException;
import swarm.runtime.archive.TarSums;
import swarm.runtime.archive.TarTree;
import swarm.runtime.archive.TreeDeletion;
import swarm.runtime.archive.TreePaths;
import swarm.runtime.archive.TreeUnpacker;
import swarm.runtime.dockerfile.DockerfileException;
import swarm.runtime.dockerfile.IgnorePatterns;
import swarm.runtime.image.FullDisk;
import swarm.runtime.snapshot.OverlayMounts;

/// The files that a build may copy from, in a folder of their own that goes with it. They are a
/// stranger's: nothing in it is followed out of it, and nothing but regular files is read. Stages
/// may look for files at once.
public final class BuildContext implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BuildContext.class);
  private static final String IGNORE = ".dockerignore";
  private static final int MAX_TEXT = 4 * 1024 * 1024;
  private static final int LONGEST_PATH = 4095; // bytes, by the kernel
  private static final int BUFFER = 128 * 1024;

  private static final String TAR = "context.tar";
  private static final String FILES = "files";

  private final Path folder;
  private TarSums sums = new TarSums();
  private final List<String> removed = new ArrayList<>();
  private final ReentrantLock unpacking = new ReentrantLock();
  private Optional<TarTree> plain = Optional.empty();
  private Optional<Path> root = Optional.empty();

  private BuildContext(Path folder) {
    this.folder = folder;
  }

  /// Takes a tar in, which may be compressed. Its files are made when they are needed; those of one
  /// that is not plain ([TarTree]) at once.
  ///
  /// @param folder empty
  static BuildContext unpack(InputStream tar, Path folder) throws IOException {
    var context = new BuildContext(folder);
    boolean whole = false;
    try (InputStream in = Compression.open(tar)) {
      try (OutputStream copy =
          new BufferedOutputStream(Files.newOutputStream(folder.resolve(TAR)), BUFFER)) {
        context.plain = TarTree.read(in, copy, context.sums);
      }
      if (context.plain.isEmpty()) {
        context.sums = new TarSums();
        context.root = Optional.of(context.files(context.sums));
      }
      whole = true;
      return context;
    } catch (IOException e) {
      throw FullDisk.named(e, "the context of a build", folder);
    } finally {
      if (!whole) {
        context.close();
      }
    }
  }

  SourceTree tree() {
    return plain.isPresent()
        ? new SourceTree.Plain(this, plain.get(), sums)
        : new SourceTree.Context(root.orElseThrow(), sums); // see unpack
  }

  /// Where the files are, which are made by the first call.
  Path root() throws IOException {
    unpacking.lock();
    try {
      if (root.isEmpty()) {
        Path made = files(TarSums.NONE);
        for (String file : removed) {
          TreeDeletion.delete(made, file);
        }
        root = Optional.of(made);
      }
      return root.get();
    } finally {
      unpacking.unlock();
    }
  }

  private Path files(TarSums known) throws IOException {
    Path made = Files.createTempDirectory(folder, FILES);
    Path tar = folder.resolve(TAR);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(tar), BUFFER)) {
      new TreeUnpacker(made, "/", new TreeUnpacker.Options(false, Optional.empty()))
          .unpack(in, known);
    }
    Files.delete(tar);
    return made;
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
    if (path.indexOf(0) >= 0 || FileNames.bytes(path).length > LONGEST_PATH) {
      return Optional.empty();
    }
    if (plain.isPresent()) {
      String file;
      try {
        file = plain.get().resolve("/" + path);
      } catch (EndlessLinkException _) {
        return Optional.empty();
      }
      if (plain.get().isDirectory(file).orElse(true)) {
        return Optional.empty();
      }
      Optional<byte[]> known = plain.get().text(file);
      if (known.isPresent()) {
        return known;
      }
    }
    return RootedFiles.read(root(), "/" + path, MAX_TEXT);
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
          remove("/" + file);
        }
      }
    } catch (DockerfileException e) {
      throw BuildException.invalid(e.getMessage());
    }
  }

  private void remove(String file) throws IOException {
    if (plain.isPresent()) {
      plain.get().remove(file);
    }
    if (root.isPresent()) {
      TreeDeletion.delete(root.get(), file);
    } else {
      removed.add(file);
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
