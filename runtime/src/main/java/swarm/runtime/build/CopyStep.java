package swarm.runtime.build;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import swarm.linux.FileNames;
import swarm.runtime.archive.ArchiveException;
import swarm.runtime.archive.TreeCopy;
import swarm.runtime.archive.TreeUnpacker;
import swarm.runtime.container.EngineException;
import swarm.runtime.dockerfile.DockerfileException;
import swarm.runtime.image.Image;
import swarm.runtime.snapshot.OverlayMounts;

/// `COPY` and `ADD`: what they take, and how it comes into the image. For one step.
final class CopyStep {
  private static final String UNNAMED = "__unnamed__";
  private static final TreeUnpacker.Owner ROOT = new TreeUnpacker.Owner(0, 0);

  private final Building building;
  private final CopyWords words;
  private final Optional<Optional<Image>> from;
  private final BuildOutput output;
  private final List<Path> scratch = new ArrayList<>();

  /// @param from a stage or image; nothing for the context
  CopyStep(Building building, CopyWords words, Optional<Optional<Image>> from, BuildOutput output) {
    this.building = building;
    this.words = words;
    this.from = from;
    this.output = output;
  }

  /// Something to do with what is taken.
  @FunctionalInterface
  interface Use<T> {
    T of(List<CopyItem> items)
        throws IOException, EngineException, DockerfileException, InterruptedException;
  }

  /// Finds what is to be taken, which is there during the call.
  <T> T with(Use<T> use)
      throws IOException, EngineException, DockerfileException, InterruptedException {
    try {
      if (from.isPresent()) {
        return building
            .layers()
            .with(from.get(), root -> use.of(items(Optional.of(new SourceTree.Files(root)))));
      }
      return use.of(items(building.context().map(BuildContext::tree)));
    } finally {
      for (Path path : scratch) {
        OverlayMounts.deleteTree(path);
      }
    }
  }

  private List<CopyItem> items(Optional<SourceTree> tree)
      throws IOException, DockerfileException, InterruptedException {
    var all = new ArrayList<CopyItem>();
    try {
      for (String source : words.sources()) {
        all.addAll(items(tree, source));
      }
      for (Map.Entry<String, String> document : words.documents().entrySet()) {
        all.add(document(document.getKey(), document.getValue()));
      }
      if (all.isEmpty()) {
        throw new DockerfileException("no source files were specified");
      }
    } catch (DockerfileException e) {
      throw new DockerfileException(words.name() + " failed: " + e.getMessage());
    }
    if (all.size() > 1 && !words.destination().endsWith("/")) {
      throw new DockerfileException(
          "When using "
              + words.name()
              + " with more than one source file, the destination must be a directory and end with"
              + " a /");
    }
    return List.copyOf(all);
  }

  private List<CopyItem> items(Optional<SourceTree> tree, String source)
      throws IOException, DockerfileException, InterruptedException {
    if (source.startsWith("http://") || source.startsWith("https://")) {
      if (!words.add()) {
        throw new DockerfileException("source can't be a URL for COPY");
      }
      return List.of(download(source));
    }
    if (tree.isEmpty()) {
      throw new DockerfileException("missing build context");
    }
    return CopyItem.of(tree.get(), source, from.isEmpty());
  }

  private CopyItem document(String name, String text) throws IOException, DockerfileException {
    if (!isFileName(name)) {
      throw new DockerfileException("a here-document cannot be a file called '" + name + "'");
    }
    Path folder = scratch();
    Path file = Files.write(folder.resolve("document"), text.getBytes(StandardCharsets.UTF_8));
    Files.setAttribute(file, "unix:mode", 0644);
    Files.setLastModifiedTime(file, FileTime.fromMillis(0));
    SourceTree tree = new SourceTree.Files(folder);
    return new CopyItem(tree, "/document", name, "file:" + tree.sum("document"), name, false);
  }

  private CopyItem download(String url)
      throws IOException, DockerfileException, InterruptedException {
    try (BuildHost.Download download = building.host().download(url, output.progress())) {
      String name = download.name();
      if (name.isEmpty() && words.destination().endsWith("/")) {
        throw new DockerfileException("cannot determine filename for source " + url);
      }
      Path folder = scratch();
      String own = name.isEmpty() ? UNNAMED : name;
      if (!isFileName(own)) {
        throw new DockerfileException("cannot determine filename for source " + url);
      }
      Path file = FileNames.in(folder, own);
      Files.copy(download.content(), file);
      Files.setAttribute(file, "unix:mode", 0600);
      Files.setLastModifiedTime(file, FileTime.from(download.modified(), TimeUnit.SECONDS));
      output.text("\n");
      SourceTree tree = new SourceTree.Files(folder);
      return new CopyItem(tree, "/" + own, own, tree.sum(own), "", false);
    }
  }

  private static boolean isFileName(String text) {
    return !text.isEmpty()
        && !text.equals(".")
        && !text.equals("..")
        && text.indexOf('/') < 0
        && text.indexOf(0) < 0;
  }

  private Path scratch() throws IOException {
    Path folder = building.layers().scratch();
    scratch.add(folder);
    return folder;
  }

  /// How the image that is copied into stands to it.
  ///
  /// @param workingDir where a relative destination is meant
  /// @param ofImage whether what is taken has an owner that counts
  record Target(String workingDir, boolean ofImage) {}

  private static void directory(TreeCopy copy, CopyItem item, String to) throws IOException {
    try {
      copy.directory(item.root(), item.path(), to);
    } catch (ArchiveException e) {
      throw new ArchiveException(
          "failed to copy files: failed to copy directory: " + e.getMessage());
    }
  }

  /// Copies what was found into an image's files.
  static void copy(Path root, Target target, CopyWords words, List<CopyItem> items)
      throws IOException, DockerfileException {
    OptionalInt mode = Ownership.mode(words.chmod());
    Optional<TreeUnpacker.Owner> owner =
        words.chown().isEmpty()
            ? target.ofImage() ? Optional.empty() : Optional.of(ROOT)
            : Optional.of(Ownership.owner(words.chown(), root));
    String to = words.target(target.workingDir());
    for (CopyItem item : items) {
      var copy = new TreeCopy(root, owner, mode);
      if (TreeCopy.isDirectory(item.root(), item.path())) {
        directory(copy, item, to);
      } else if (words.add() && item.unpacks() && TreeCopy.isArchive(item.root(), item.path())) {
        copy.archive(item.root(), item.path(), to);
      } else {
        copy.file(item.root(), item.path(), to, item.name());
      }
    }
  }
}
