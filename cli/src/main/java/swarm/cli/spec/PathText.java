package swarm.cli.spec;

import java.util.ArrayList;
import java.util.List;

/// Paths as texts, taken apart as Docker's client does it (Go's `path/filepath`, and `copy.go` of
/// its archive package): what a path ends with counts, which Java's paths do not keep. Pure.
public final class PathText {
  private PathText() {}

  /// A path's directory and the name in it.
  public record Parts(String directory, String name) {}

  /// Without `.`, `..` (where something is before it), doubled slashes and a slash at its end; `.`
  /// for nothing.
  public static String clean(String path) {
    boolean rooted = path.startsWith("/");
    List<String> parts = new ArrayList<>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..") && !parts.isEmpty() && !parts.getLast().equals("..")) {
        parts.removeLast();
      } else if (part.equals("..") ? !rooted : !part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    String joined = String.join("/", parts);
    return rooted ? "/" + joined : joined.isEmpty() ? "." : joined;
  }

  /// The last name: `.` for nothing, `/` for the root.
  public static String base(String path) {
    if (path.isEmpty()) {
      return ".";
    }
    String bare = path.replaceAll("/+$", "");
    return bare.isEmpty() ? "/" : bare.substring(bare.lastIndexOf('/') + 1);
  }

  /// All before the last slash, cleaned; `.` where there is none.
  public static String parent(String path) {
    return clean(path.substring(0, path.lastIndexOf('/') + 1));
  }

  /// A path from a directory, cleaned but for its end ([#keepEnding]).
  ///
  /// @param directory absolute
  public static String absolute(String directory, String path) {
    return keepEnding(clean(path.startsWith("/") ? path : directory + "/" + path), path);
  }

  /// A cleaned path that says, where it did so before, that it is a directory, or its content.
  static String keepEnding(String cleaned, String original) {
    String path = cleaned;
    if (!isContent(path) && isContent(original)) {
      path += path.endsWith("/") ? "." : "/.";
    }
    return !path.endsWith("/") && original.endsWith("/") ? path + "/" : path;
  }

  /// Whether it means what is in a directory: its last name is `.`.
  static boolean isContent(String path) {
    return base(path).equals(".");
  }

  /// Whether what is written says that it is a directory.
  public static boolean assertsDirectory(String path) {
    return path.endsWith("/") || isContent(path);
  }

  /// The directory of a path and the name in it: of `/a/b` and `/a/b/` they are `/a` with `b`, of
  /// `/a/b/.` they are `/a/b` with `.`, and of what leads to the root `/` with `/`.
  public static Parts split(String path) {
    String whole = isContent(path) ? clean(path) + "/." : clean(path);
    return new Parts(parent(whole), base(whole));
  }

  /// The end of a source whose link was followed.
  ///
  /// @param path as it was asked for
  /// @param resolved where it leads
  public static CopyEnd followed(String path, String resolved, CopyEnd.There there) {
    String whole = resolved;
    if (isContent(path) && !isContent(whole)) {
      whole += "/.";
    }
    if (path.endsWith("/") && !whole.endsWith("/")) {
      whole += "/";
    }
    String shown = base(path);
    return new CopyEnd(whole, there, shown.equals(base(whole)) ? "" : shown);
  }
}
