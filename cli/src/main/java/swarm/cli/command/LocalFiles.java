package swarm.cli.command;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import swarm.linux.FileNames;
import swarm.runtime.archive.HostFiles;
import swarm.runtime.archive.TarWriter;
import swarm.runtime.archive.TarWriter.Entry;

/// Files of this machine as entries of a tar, as Docker's client makes them (`pkg/archive`): names
/// byte for byte, times in whole seconds, a further name of a file as a link to its first, FIFOs
/// and devices as such, sockets not at all. Not for several threads.
final class LocalFiles {
  private static final int PERMISSIONS = 07777;
  private static final int TYPE = 0170000;
  private static final int FILE_MODE = 0600;
  private static final String CAPABILITY = "security.capability";
  private static final String ATTRIBUTES = "unix:mode,uid,gid,nlink,rdev,size,fileKey";

  private static final Path WORKING_DIRECTORY = Path.of("/proc/self/cwd");
  private static final char REPLACEMENT = '\uFFFD';

  private final TarWriter tar;
  private final boolean rootOwns;
  private final Map<Object, String> written = new HashMap<>();

  /// @param out is flushed at the end, not closed
  /// @param rootOwns whether all is root's, whoever has it here
  LocalFiles(OutputStream out, boolean rootOwns) {
    this.tar = new TarWriter(out);
    this.rootOwns = rootOwns;
  }

  /// The path of a text of [FileNames] as the user wrote it. Java decodes the name of the working
  /// directory, too: where that is not UTF-8, the path is absolute.
  ///
  /// @throws NoSuchFileException for a relative one where the working directory was removed
  static Path path(String text) throws IOException {
    Path path = FileNames.path(text);
    if (path.isAbsolute()) {
      return path;
    }
    checkDirectory(System.getenv());
    return isKnown() ? path : WORKING_DIRECTORY.toRealPath().resolve(path);
  }

  /// Where relative paths begin, as a text of [FileNames]: what the shell calls it, as with Go,
  /// where that is the same directory.
  static String workingDirectory() throws IOException {
    checkDirectory(System.getenv());
    String shell = System.getenv().getOrDefault("PWD", "");
    if (shell.startsWith("/") && shell.indexOf(REPLACEMENT) < 0 && isHere(shell)) {
      return shell;
    }
    return FileNames.whole(
        isKnown() ? Path.of("").toAbsolutePath() : WORKING_DIRECTORY.toRealPath());
  }

  private static boolean isHere(String shell) {
    try {
      return Files.isSameFile(Path.of(shell), WORKING_DIRECTORY);
    } catch (IOException | InvalidPathException _) {
      return false; // it has moved
    }
  }

  private static boolean isKnown() {
    return Path.of("").toAbsolutePath().toString().indexOf(REPLACEMENT) < 0;
  }

  /// The start script goes to `/` where there is no working directory, as Java starts in none.
  static void checkDirectory(Map<String, String> environment) throws NoSuchFileException {
    if (environment.containsKey("SWARM_NO_DIRECTORY")) {
      throw new NoSuchFileException("getwd", null, "no such file or directory");
    }
  }

  /// Adds a file, or a directory without what is in it.
  ///
  /// @param name in the tar, as a text of [FileNames], with no slash at its end
  void add(Path file, String name) throws IOException {
    Map<String, Object> seen = Files.readAttributes(file, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
    switch ((int) number(seen, "mode") & TYPE) {
      case 0040000 -> tar.entry(entry(file, name + "/", TarWriter.DIRECTORY, seen, 0, ""));
      case 0120000 -> tar.entry(entry(file, name, TarWriter.LINK, seen, 0, FileNames.target(file)));
      case 0100000 -> regular(file, name, seen);
      case 0010000 -> special(file, name, TarWriter.FIFO, seen);
      case 0020000 -> special(file, name, TarWriter.CHARACTER, seen);
      case 0060000 -> special(file, name, TarWriter.BLOCK_DEVICE, seen);
      default -> {
        // a socket: nobody could connect to a copy
      }
    }
  }

  /// Adds a file that is nowhere on this machine.
  void add(String name, byte[] content) throws IOException {
    tar.entry(
        new Entry(
            name,
            TarWriter.FILE,
            FILE_MODE,
            0,
            0,
            content.length,
            Instant.EPOCH,
            "",
            0,
            0,
            Map.of()));
    tar.content(new ByteArrayInputStream(content), content.length);
  }

  /// Ends the tar.
  void end() throws IOException {
    tar.end();
  }

  private void regular(Path file, String name, Map<String, Object> seen) throws IOException {
    if (isFurtherName(name, seen)) {
      tar.entry(entry(file, name, TarWriter.HARD_LINK, seen, 0, first(seen)));
      return;
    }
    long size = number(seen, "size");
    try (InputStream in = Files.newInputStream(file)) {
      tar.entry(entry(file, name, TarWriter.FILE, seen, size, ""));
      tar.content(in, size);
    }
  }

  private void special(Path file, String name, char type, Map<String, Object> seen)
      throws IOException {
    boolean further = isFurtherName(name, seen);
    tar.entry(
        entry(
            file, name, further ? TarWriter.HARD_LINK : type, seen, 0, further ? first(seen) : ""));
  }

  /// Whether the file was written under another name; else `name` is its first.
  private boolean isFurtherName(String name, Map<String, Object> seen) {
    Object key = seen.get("fileKey");
    return number(seen, "nlink") > 1 && key != null && written.putIfAbsent(key, name) != null;
  }

  private String first(Map<String, Object> seen) {
    return written.getOrDefault(seen.get("fileKey"), "");
  }

  private Entry entry(
      Path file, String name, char type, Map<String, Object> seen, long size, String link)
      throws IOException {
    Instant modified = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
    boolean device = type == TarWriter.CHARACTER || type == TarWriter.BLOCK_DEVICE;
    long number = device ? number(seen, "rdev") : 0;
    return new Entry(
        name,
        type,
        (int) number(seen, "mode") & PERMISSIONS,
        rootOwns ? 0 : number(seen, "uid"),
        rootOwns ? 0 : number(seen, "gid"),
        size,
        modified.truncatedTo(ChronoUnit.SECONDS),
        link,
        major(number),
        minor(number),
        attributes(file, type));
  }

  /// As with Docker's client: of all attributes capabilities alone are sent.
  private static Map<String, byte[]> attributes(Path file, char type) throws IOException {
    return type == TarWriter.FILE
        ? HostFiles.capability(file).map(c -> Map.of(CAPABILITY, c)).orElse(Map.of())
        : Map.of();
  }

  /// As glibc's `gnu_dev_major`.
  private static int major(long device) {
    return (int) (((device >> 8) & 0xfff) | ((device >> 32) & ~0xfff));
  }

  /// As glibc's `gnu_dev_minor`.
  private static int minor(long device) {
    return (int) ((device & 0xff) | ((device >> 12) & ~0xff));
  }

  private static long number(Map<String, Object> attributes, String name) {
    return attributes.get(name) instanceof Number number ? number.longValue() : 0;
  }
}
