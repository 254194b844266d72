package swarm.runtime.build;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import swarm.linux.RootedFiles;
import swarm.runtime.archive.TarSums;
import swarm.runtime.archive.TarTree;
import swarm.runtime.archive.TreePaths;
import swarm.runtime.archive.TreeWalk;

/// A tree that `COPY` takes from. Links in it may point anywhere: paths are looked up within it
/// alone.
interface SourceTree {
  /// Where its files are.
  Path root() throws IOException;

  /// As [TreePaths#resolve(Path, String)].
  String resolve(String path) throws IOException;

  /// Whether there is a directory, or something else; nothing where there is neither.
  ///
  /// @param path clean, links resolved
  Optional<Boolean> isDirectory(String path) throws IOException;

  /// As [TreeWalk#all].
  List<TreeWalk.Found> all(String path) throws IOException;

  /// Where the link at a path leads by its own word; nothing for what is none.
  ///
  /// @param path clean; links before its last part are resolved
  Optional<String> link(String path) throws IOException;

  /// What a file is, as one number; the path itself where there is none to tell.
  ///
  /// @param path clean, links resolved
  /// @param shown what stands for a file that has none
  String sum(String path, String shown) throws IOException;

  /// As the other, of a path that may have links in it, and has no slash before it.
  default String sum(String path) throws IOException {
    return sum(resolve("/" + path), path);
  }

  /// What a file is beside its sum, which leaves out where a link leads: nothing for most.
  default Optional<String> beside(TreeWalk.Found file) throws IOException {
    return file.link() ? link(file.path()).map(to -> file.path() + " -> " + to) : Optional.empty();
  }

  /// One on the disk.
  interface OnDisk extends SourceTree {
    @Override
    Path root();

    @Override
    default String resolve(String path) throws IOException {
      return TreePaths.resolve(root(), path);
    }

    @Override
    default Optional<Boolean> isDirectory(String path) throws IOException {
      Optional<RootedFiles.Handle> found = RootedFiles.find(root(), path);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      try (RootedFiles.Handle held = found.get()) {
        return Optional.of(java.nio.file.Files.isDirectory(held.path()));
      }
    }

    @Override
    default List<TreeWalk.Found> all(String path) throws IOException {
      return TreeWalk.all(root(), path);
    }

    @Override
    default Optional<String> link(String path) throws IOException {
      return TreePaths.link(root(), path);
    }
  }

  /// An image's files, or files that the builder itself made.
  record Files(Path root) implements OnDisk {
    @Override
    public String sum(String path, String shown) throws IOException {
      return TarSums.of(root, path).orElse(TreePaths.relative(path));
    }
  }

  /// A context: the sums are those of the tar that it came as.
  record Context(Path root, TarSums sums) implements OnDisk {
    @Override
    public String sum(String path, String shown) {
      return sums.of(TreePaths.relative(path)).orElse(shown);
    }

    @Override
    public Optional<String> beside(TreeWalk.Found file) throws IOException {
      boolean told = file.link() || !sums.isDoubtful(TreePaths.relative(file.path()));
      return told ? OnDisk.super.beside(file) : TarSums.of(root, file.path());
    }
  }

  /// A context that need not be unpacked to be looked at: a build of which every step is found made
  /// never does.
  record Plain(BuildContext context, TarTree tree, TarSums sums) implements SourceTree {
    @Override
    public Path root() throws IOException {
      return context.root();
    }

    @Override
    public String resolve(String path) throws IOException {
      return tree.resolve(path);
    }

    @Override
    public Optional<Boolean> isDirectory(String path) {
      return tree.isDirectory(path);
    }

    @Override
    public List<TreeWalk.Found> all(String path) {
      return tree.all(path);
    }

    @Override
    public Optional<String> link(String path) {
      return tree.link(path);
    }

    @Override
    public String sum(String path, String shown) {
      return sums.of(TreePaths.relative(path)).orElse(shown);
    }
  }
}
