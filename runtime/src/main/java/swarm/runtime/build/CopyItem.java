package swarm.runtime.build;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import swarm.runtime.archive.EndlessLinkException;
import swarm.runtime.archive.Sha256;
import swarm.runtime.archive.TreePaths;
import swarm.runtime.archive.TreeWalk;
import swarm.runtime.dockerfile.DockerfileException;
import swarm.runtime.dockerfile.FileMatch;

/// One file or directory that `COPY` or `ADD` takes (moby's `builder/dockerfile/copy.go`).
///
/// @param tree that it is in
/// @param path clean, links resolved
/// @param name what it is called in a directory that it is copied to
/// @param sum what it is, as the image's history shows it
/// @param beside what it is that Docker's sum leaves out; empty for nothing
/// @param unpacks whether `ADD` unpacks it where it is an archive
record CopyItem(
    SourceTree tree, String path, String name, String sum, String beside, boolean unpacks) {
  /// Where the files of its tree are.
  Path root() throws IOException {
    return tree.root();
  }

  /// What one word of the instruction stands for.
  ///
  /// @param context whether it is the build's context, for the words of an error
  static List<CopyItem> of(SourceTree tree, String word, boolean context)
      throws IOException, DockerfileException {
    String path = word.startsWith("/") ? word.substring(1) : word;
    path = path.startsWith("./") ? path.substring(2) : path;
    if (!FileMatch.isPattern(path)) {
      return List.of(one(tree, path, context));
    }
    var all = new ArrayList<CopyItem>();
    for (TreeWalk.Found found : tree.all("/")) {
      String relative = TreePaths.relative(found.path());
      if (!relative.isEmpty() && FileMatch.matches(path, relative)) {
        all.add(one(tree, relative, context));
      }
    }
    return all;
  }

  private static CopyItem one(SourceTree tree, String path, boolean context)
      throws IOException, DockerfileException {
    checkWithin(path);
    String resolved = tree.resolve("/" + path);
    boolean directory =
        tree.isDirectory(resolved)
            .orElseThrow(
                () ->
                    new DockerfileException(
                        (context
                                ? "file not found in build context or excluded by .dockerignore: "
                                : "")
                            + "stat "
                            + path
                            + ": file does not exist"));
    String name = TreePaths.name(TreePaths.clean(path));
    List<TreeWalk.Found> all = tree.all(resolved);
    String sum = directory ? directory(tree, all) : "file:" + tree.sum(path);
    boolean renamed = !directory && !name.equals(TreePaths.name(resolved));
    return new CopyItem(tree, resolved, name, sum, beside(tree, all, renamed ? name : ""), true);
  }

  /// @param name what it is called where it goes, where that is not its file's; else empty
  private static String beside(SourceTree tree, List<TreeWalk.Found> files, String name)
      throws IOException {
    var all = new ArrayList<String>();
    if (!name.isEmpty()) {
      all.add(name);
    }
    for (TreeWalk.Found file : files) {
      tree.beside(file).ifPresent(all::add);
    }
    return all.isEmpty() ? "" : digest("beside", all);
  }

  /// What leads out of the tree is the user's mistake, told as such; it would not leave it anyway.
  private static void checkWithin(String path) throws DockerfileException {
    int depth = 0;
    for (String part : path.split("/", -1)) {
      if (part.equals("..")) {
        depth--;
      } else if (!part.isEmpty() && !part.equals(".")) {
        depth++;
      }
      if (depth < 0) {
        throw new DockerfileException("forbidden path outside the build context: " + path + " ()");
      }
    }
  }

  private static String directory(SourceTree tree, List<TreeWalk.Found> files) throws IOException {
    var sums = new ArrayList<String>();
    for (TreeWalk.Found within : files) {
      if (!within.path().equals("/")) {
        String shown = within.path().substring(1);
        if (within.link()) {
          linked(tree, shown).ifPresent(sums::add);
        } else {
          sums.add(tree.sum(within.path(), shown));
        }
      }
    }
    Collections.sort(sums);
    return digest("dir", sums);
  }

  /// What a link leads to; nothing for one that leads to itself, which is left out of the sum, as
  /// with Docker, and copied as the link that it is.
  private static Optional<String> linked(SourceTree tree, String shown) throws IOException {
    try {
      return Optional.of(tree.sum(shown));
    } catch (EndlessLinkException _) {
      return Optional.empty();
    }
  }

  /// What all of an instruction's files are together.
  static String sum(List<CopyItem> items) {
    return items.size() == 1
        ? items.getFirst().sum()
        : digest("multi", items.stream().map(CopyItem::sum).toList());
  }

  /// What all of them are that their sums leave out; empty for nothing.
  static String beside(List<CopyItem> items) {
    List<String> all = items.stream().map(CopyItem::beside).filter(b -> !b.isEmpty()).toList();
    return all.isEmpty() ? "" : digest("beside", all);
  }

  private static String digest(String prefix, List<String> sums) {
    return prefix + ":" + Sha256.hex(String.join(",", sums).getBytes(StandardCharsets.UTF_8));
  }
}
