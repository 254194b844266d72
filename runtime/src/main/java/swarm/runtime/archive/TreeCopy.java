package swarm.runtime.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import swarm.linux.FileNames;
import swarm.linux.RootedFiles;

/// Copies from one tree into another, as `COPY` and `ADD` of a Dockerfile do. No link leads out of
/// either tree, whoever made them; nothing but regular files is ever opened. For one copy.
public final class TreeCopy {
  private static final int BUFFER = 256 * 1024;
  private static final int FOLDER_MODE = 0755;

  private final Path target;
  private final Optional<TreeUnpacker.Owner> owner;
  private final OptionalInt mode;

  /// @param target root of the tree that is copied into
  /// @param owner whose all becomes; nobody's: as it is
  /// @param mode of all that is copied; empty: as it is
  public TreeCopy(Path target, Optional<TreeUnpacker.Owner> owner, OptionalInt mode) {
    this.target = target;
    this.owner = owner;
    this.mode = mode;
  }

  /// Copies what is in a directory.
  ///
  /// @param from clean path of it, links resolved
  /// @param to where its content goes; made where it is missing
  public void directory(Path source, String from, String to) throws IOException {
    String folder = TreePaths.resolve(target, to);
    boolean there = isDirectory(target, folder);
    makeDirectories(folder, Optional.empty());
    pass(
        tar -> {
          try (TreeNode node = found(source, from + "/.")) {
            for (String child : node.names()) {
              tar.add(source, TreePaths.clean(from + "/" + child), child);
            }
          }
        },
        folder);
    if (!there && owner.isPresent()) {
      try (TreeNode made = found(target, folder)) {
        own(made.path(), owner.get());
      }
    }
  }

  /// Copies one file, whatever kind it is of; a device or a pipe stays one.
  ///
  /// @param from clean path of it, links resolved
  /// @param to its own place, or with a slash at the end the directory that it goes to
  /// @param name what it is called in a directory
  public void file(Path source, String from, String to, String name) throws IOException {
    String place = TreePaths.resolve(target, to);
    String path = to.endsWith("/") || isDirectory(target, place) ? place + "/" + name : place;
    String clean = TreePaths.clean(path);
    makeDirectories(TreePaths.parent(clean), owner);
    pass(tar -> tar.add(source, from, TreePaths.name(clean)), TreePaths.parent(clean));
  }

  /// Unpacks an archive; its owners and modes are as it says.
  public void archive(Path source, String from, String to) throws IOException {
    String folder = TreePaths.resolve(target, to);
    makeDirectories(folder, Optional.empty());
    try (TreeNode node = found(source, from);
        InputStream in = Compression.open(Files.newInputStream(node.path()))) {
      new TreeUnpacker(target, folder, new TreeUnpacker.Options(false, Optional.empty()))
          .unpack(in);
    }
  }

  /// Whether a file is a tar, plain or compressed.
  public static boolean isArchive(Path source, String path) throws IOException {
    try (TreeNode node = found(source, path)) {
      if (node.type() != TreeNode.REGULAR || node.size() == 0) {
        return false;
      }
      try (InputStream in = Compression.open(Files.newInputStream(node.path()));
          var tar = new TarArchiveInputStream(in, StandardCharsets.UTF_8.name())) {
        TarArchiveEntry first = tar.getNextEntry();
        return first != null && first.isCheckSumOK();
      } catch (IOException | IllegalArgumentException _) {
        return false; // it only begins as one
      }
    }
  }

  /// Whether there is a directory at the end of a path.
  public static boolean isDirectory(Path root, String path) throws IOException {
    Optional<RootedFiles.Handle> found = RootedFiles.findDirectory(root, path);
    found.ifPresent(RootedFiles.Handle::close);
    return found.isPresent();
  }

  private static TreeNode found(Path root, String path) throws IOException {
    return TreeNode.find(root, path).orElseThrow(() -> new NoSuchFileException(path));
  }

  /// @param path clean, links resolved
  /// @param owners whose new directories become; else root's
  private void makeDirectories(String path, Optional<TreeUnpacker.Owner> owners)
      throws IOException {
    if (isDirectory(target, path)) {
      return;
    }
    String above = TreePaths.parent(path);
    makeDirectories(above, owners);
    try (RootedFiles.Handle parent =
        RootedFiles.findDirectory(target, above)
            .orElseThrow(() -> new NoSuchFileException(above))) {
      Path folder = FileNames.in(parent.path(), TreePaths.name(path));
      if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
        throw new ArchiveException("mkdir " + path + ": not a directory");
      }
      Files.createDirectory(folder);
    }
    try (TreeNode made = found(target, path)) {
      Files.setAttribute(made.path(), "unix:mode", FOLDER_MODE);
      if (owners.isPresent()) {
        own(made.path(), owners.get());
      }
    }
  }

  private static void own(Path file, TreeUnpacker.Owner owner) throws IOException {
    Files.setAttribute(file, "unix:uid", owner.uid());
    Files.setAttribute(file, "unix:gid", owner.gid());
  }

  @FunctionalInterface
  private interface Writing {
    void to(TreeTar tar) throws IOException;
  }

  /// What is written goes into a directory of the target.
  private void pass(Writing writing, String folder) throws IOException {
    var form = new TreeTar.Form(mode, owner.isPresent() && mode.isEmpty(), Optional.empty());
    var in = new PipedInputStream(BUFFER);
    OutputStream pipe = new PipedOutputStream(in);
    var task =
        new FutureTask<Void>(
            () -> {
              try (OutputStream out = pipe) {
                var tar = new TreeTar(out, form);
                writing.to(tar);
                tar.end();
              }
              return null;
            });
    Thread.ofVirtual().name("tree-copy").start(task);
    try {
      new TreeUnpacker(target, folder, new TreeUnpacker.Options(false, owner)).unpack(in);
      in.transferTo(OutputStream.nullOutputStream()); // the padding behind the tar's end
    } catch (IOException | RuntimeException e) {
      in.close(); // the writer, which has more to say, ends
      try {
        await(task);
      } catch (IOException other) {
        e.addSuppressed(other);
      }
      throw e;
    }
    await(task); // what broke off may look whole to the reader
    in.close();
  }

  private static void await(FutureTask<Void> task) throws IOException {
    try {
      task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IOException(String.valueOf(e.getCause()), e.getCause());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new java.io.InterruptedIOException("the copy was interrupted");
    }
  }
}
