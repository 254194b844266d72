package swarm.runtime.build;

import java.io.IOException;
import java.nio.file.Path;
import swarm.runtime.archive.TarSums;
import swarm.runtime.archive.TreePaths;

/// A tree that `COPY` takes from.
interface SourceTree {
  /// Where it is. Links in it may point anywhere: paths are looked up within it alone.
  Path root();

  /// What a file is, as one number; the path itself where there is none to tell.
  ///
  /// @param path without a slash before it; links are followed
  String sum(String path) throws IOException;

  /// An image's files, or files that the builder itself made.
  record Files(Path root) implements SourceTree {
    @Override
    public String sum(String path) throws IOException {
      String resolved = TreePaths.resolve(root, "/" + path);
      return TarSums.of(root, resolved).orElse(TreePaths.relative(resolved));
    }
  }

  /// A context: the sums are those of the tar that it came as.
  record Context(Path root, TarSums sums) implements SourceTree {
    @Override
    public String sum(String path) throws IOException {
      String resolved = TreePaths.resolve(root, "/" + path);
      return sums.of(TreePaths.relative(resolved)).orElse(path);
    }
  }
}
