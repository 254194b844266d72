package swarm.runtime.build;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import swarm.runtime.archive.TarSums;
import swarm.runtime.archive.TreePaths;
import swarm.runtime.archive.TreeWalk;

/// A tree that `COPY` takes from.
interface SourceTree {
  /// Where it is. Links in it may point anywhere: paths are looked up within it alone.
  Path root();

  /// What a file is, as one number; the path itself where there is none to tell.
  ///
  /// @param path clean, links resolved
  /// @param shown what stands for a file that has none
  String sum(String path, String shown) throws IOException;

  /// As the other, of a path that may have links in it, and has no slash before it.
  default String sum(String path) throws IOException {
    return sum(TreePaths.resolve(root(), "/" + path), path);
  }

  /// What a file is beside its sum, which leaves out where a link leads: nothing for most.
  default Optional<String> beside(TreeWalk.Found file) throws IOException {
    return file.link()
        ? TreePaths.link(root(), file.path()).map(to -> file.path() + " -> " + to)
        : Optional.empty();
  }

  /// An image's files, or files that the builder itself made.
  record Files(Path root) implements SourceTree {
    @Override
    public String sum(String path, String shown) throws IOException {
      return TarSums.of(root, path).orElse(TreePaths.relative(path));
    }
  }

  /// A context: the sums are those of the tar that it came as.
  record Context(Path root, TarSums sums) implements SourceTree {
    @Override
    public String sum(String path, String shown) {
      return sums.of(TreePaths.relative(path)).orElse(shown);
    }

    @Override
    public Optional<String> beside(TreeWalk.Found file) throws IOException {
      boolean told = file.link() || !sums.isDoubtful(TreePaths.relative(file.path()));
      return told ? SourceTree.super.beside(file) : TarSums.of(root, file.path());
    }
  }
}
