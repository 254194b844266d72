package swarm.cli.command;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import swarm.cli.spec.CopyEnd;
import swarm.cli.spec.CopyEnd.There;
import swarm.cli.spec.InvalidValueException;
import swarm.cli.spec.PathText;
import swarm.linux.FileNames;

/// The ends of copies that are on this machine, looked at as Docker's client does
/// (`CopyInfoSourcePath`, `ValidateOutputPath`, `CopyInfoDestinationPath`). All paths are texts of
/// [FileNames].
final class LocalEnds {
  private static final int MAX_LINKS = 10;
  private static final int TYPE = 0170000;
  private static final int LINK = 0120000;
  private static final int DIRECTORY = 0040000;
  private static final int CHARACTER_DEVICE = 0020000;
  private static final int BLOCK_DEVICE = 0060000;
  private static final String NOTHING = "no such file or directory";

  private LocalEnds() {}

  /// A path as the user wrote it, from the working directory, with the end that it has.
  static String absolute(String path) throws IOException {
    return path.startsWith("/")
        ? PathText.absolute("/", path)
        : PathText.absolute(LocalFiles.workingDirectory(), path);
  }

  /// What is to be copied.
  ///
  /// @param path absolute
  /// @param follow whether a link at the end of the path is followed, too
  static CopyEnd source(String path, boolean follow) throws IOException, InvalidValueException {
    int name = path.lastIndexOf('/') + 1;
    String resolved = follow ? real(path) : under(real(path.substring(0, name)), path, name);
    There there =
        kind("lstat", resolved, false)
            .map(LocalEnds::there)
            .orElseThrow(() -> new FileSystemException("lstat " + resolved, null, NOTHING));
    CopyEnd followed = PathText.followed(path, resolved, there);
    return follow || path.endsWith("/") ? followed : new CopyEnd(resolved, there);
  }

  private static String under(String directory, String path, int name) {
    return (directory.equals("/") ? "" : directory) + "/" + path.substring(name);
  }

  /// All links followed; in Go's words where there is nothing.
  private static String real(String path) throws IOException, InvalidValueException {
    Path file = FileNames.path(path);
    Path real;
    try {
      real = file.toRealPath();
    } catch (NoSuchFileException _) {
      throw new FileSystemException("lstat " + missing(file), null, NOTHING);
    } catch (FileSystemException e) {
      if ("Not a directory".equals(e.getReason())) {
        throw new InvalidValueException("not a directory");
      }
      throw inGo("lstat", path, e);
    }
    if (PathText.assertsDirectory(path) && !Files.isDirectory(real)) {
      throw new InvalidValueException("not a directory");
    }
    return FileNames.whole(real);
  }

  /// The first part of a path that is not there.
  private static String missing(Path file) {
    Path normal = file.normalize();
    for (int i = 1; i <= normal.getNameCount(); i++) {
      Path part = Path.of("/").resolve(normal.subpath(0, i));
      if (Files.notExists(part)) {
        return FileNames.whole(part);
      }
    }
    return FileNames.whole(file);
  }

  /// Where a copy goes to, before it is fetched: refuses what cannot be written to.
  ///
  /// @param path absolute
  static void checkOutput(String path) throws IOException, InvalidValueException {
    String folder = PathText.parent(PathText.clean(path));
    if (kind("stat", folder, true).isEmpty()) {
      throw new InvalidValueException(
          "invalid output path: directory \"" + folder + "\" does not exist");
    }
    int type = kind("stat", path, true).orElse(DIRECTORY);
    if (type == CHARACTER_DEVICE || type == BLOCK_DEVICE) {
      throw new InvalidValueException(
          "invalid output path: \""
              + path
              + "\" must be a directory or a regular file: got a device");
    }
  }

  /// Where a copy goes to: a link leads on, even to where there is nothing yet.
  ///
  /// @param path absolute
  static CopyEnd destination(String path) throws IOException, InvalidValueException {
    String at = path;
    Optional<Integer> type = kind("lstat", at, false);
    for (int links = 0; type.isPresent() && type.get() == LINK; links++) {
      if (links > MAX_LINKS) {
        throw new InvalidValueException("too many symlinks in " + path);
      }
      String target = FileNames.target(FileNames.path(at));
      at =
          target.startsWith("/")
              ? target
              : PathText.clean(PathText.split(at).directory() + "/" + target);
      type = kind("lstat", at, false);
    }
    if (type.isPresent()) {
      return new CopyEnd(at, there(type.get()));
    }
    String folder = PathText.split(at).directory();
    int parent =
        kind("stat", folder, true)
            .orElseThrow(() -> new FileSystemException("stat " + folder, null, NOTHING));
    if (parent != DIRECTORY) {
      throw new InvalidValueException("not a directory");
    }
    return new CopyEnd(at, There.NOTHING);
  }

  private static There there(int type) {
    return type == DIRECTORY ? There.DIRECTORY : There.FILE;
  }

  /// The type of what is at a path; nothing where there is nothing. A slash at its end follows a
  /// link, and wants a directory.
  private static Optional<Integer> kind(String call, String path, boolean follow)
      throws IOException {
    boolean directory = PathText.assertsDirectory(path);
    LinkOption[] options =
        follow || directory ? new LinkOption[0] : new LinkOption[] {LinkOption.NOFOLLOW_LINKS};
    Map<String, Object> seen;
    try {
      seen = Files.readAttributes(FileNames.path(path), "unix:mode", options);
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (FileSystemException e) {
      throw inGo(call, path, e);
    }
    int type = seen.get("mode") instanceof Integer mode ? mode & TYPE : 0;
    if (directory && type != DIRECTORY) {
      throw new FileSystemException(call + " " + path, null, "not a directory");
    }
    return Optional.of(type);
  }

  /// Java adds to the kernel's words where there are too many links.
  private static FileSystemException inGo(String call, String path, FileSystemException e) {
    String reason = e.getReason() == null ? "permission denied" : e.getReason();
    String words = reason.replaceFirst(" or unable to access .*", "").toLowerCase(Locale.ROOT);
    var said = new FileSystemException(call + " " + path, null, words);
    said.addSuppressed(e);
    return said;
  }
}
