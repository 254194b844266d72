package swarm.cli.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import swarm.cli.spec.InvalidValueException;
import swarm.runtime.dockerfile.DockerfileException;
import swarm.runtime.dockerfile.IgnorePatterns;

/// A folder as the context of a build: what `.dockerignore` leaves out is not sent, and all belongs
/// to root, as `docker build` does it. For one tar.
final class ContextTar {
  private static final int BLOCK = 512;
  private static final String IGNORE = ".dockerignore";
  private static final int FILE_MODE = 0100600;

  private final Path root;
  private final IgnorePatterns patterns;
  private final Map<String, byte[]> added;
  private final Map<Object, String> written = new HashMap<>();

  private ContextTar(Path root, IgnorePatterns patterns, Map<String, byte[]> added) {
    this.root = root;
    this.patterns = patterns;
    this.added = added;
  }

  /// @param dockerfile its name in the folder
  /// @param content of a Dockerfile that is not in the folder
  static ContextTar of(Path root, String dockerfile, Optional<byte[]> content)
      throws IOException, InvalidValueException {
    Path file = root.resolve(IGNORE);
    String text = Files.exists(file) ? Files.readString(file) : "";
    var added = new HashMap<String, byte[]>();
    if (content.isPresent()) {
      added.put(dockerfile, content.get());
      String ignore = (text.isEmpty() ? IGNORE : text) + "\n" + dockerfile + "\n";
      added.put(IGNORE, ignore.getBytes(StandardCharsets.UTF_8));
    }
    try {
      IgnorePatterns own = IgnorePatterns.read(text);
      // the daemon needs them, and leaves them out itself
      String needed =
          (own.ignores(IGNORE) ? "\n!" + IGNORE : "")
              + (own.ignores(dockerfile) ? "\n!" + dockerfile : "");
      return new ContextTar(root, IgnorePatterns.read(text + needed), added);
    } catch (DockerfileException e) {
      throw new InvalidValueException(String.valueOf(e.getMessage()));
    }
  }

  void write(OutputStream out) throws IOException {
    try (TarArchiveOutputStream tar = open(out)) {
      for (Map.Entry<String, byte[]> one : added.entrySet()) {
        put(tar, one.getKey(), one.getValue());
      }
      content(root, "", tar);
      tar.finish();
    }
  }

  /// A tar of one file.
  static void writeOne(String name, byte[] content, OutputStream out) throws IOException {
    try (TarArchiveOutputStream tar = open(out)) {
      put(tar, name, content);
      tar.finish();
    }
  }

  private static TarArchiveOutputStream open(OutputStream out) {
    var tar = new TarArchiveOutputStream(out, BLOCK, StandardCharsets.UTF_8.name());
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    tar.setAddPaxHeadersForNonAsciiNames(true);
    return tar;
  }

  private static void put(TarArchiveOutputStream tar, String name, byte[] content)
      throws IOException {
    var entry = new TarArchiveEntry(name, TarConstants.LF_NORMAL);
    entry.setMode(FILE_MODE);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  private void content(Path folder, String prefix, TarArchiveOutputStream tar) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(folder)) {
      all.forEach(files::add);
    }
    Collections.sort(files);
    for (Path file : files) {
      String name = prefix + file.getFileName();
      boolean ignored = patterns.ignores(name) || added.containsKey(name);
      BasicFileAttributes seen =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!ignored) {
        add(file, name, seen, tar);
      }
      if (seen.isDirectory() && (!ignored || patterns.keepsSome())) {
        content(file, name + "/", tar);
      }
    }
  }

  private void add(Path file, String name, BasicFileAttributes seen, TarArchiveOutputStream tar)
      throws IOException {
    if (seen.isOther()) {
      return; // sockets and devices are this machine's
    }
    if (seen.isDirectory()) {
      put(file, new TarArchiveEntry(name + "/", TarConstants.LF_DIR), tar);
    } else if (seen.isSymbolicLink()) {
      var entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
      entry.setLinkName(Files.readSymbolicLink(file).toString());
      put(file, entry, tar);
    } else {
      String first = written.putIfAbsent(key(seen), name);
      if (first != null) {
        var entry = new TarArchiveEntry(name, TarConstants.LF_LINK);
        entry.setLinkName(first);
        put(file, entry, tar);
      } else {
        var entry = new TarArchiveEntry(name, TarConstants.LF_NORMAL);
        entry.setSize(seen.size());
        try (InputStream in = Files.newInputStream(file)) {
          put(file, entry, tar);
          in.transferTo(tar);
        }
      }
    }
    tar.closeArchiveEntry();
  }

  private static Object key(BasicFileAttributes attributes) {
    Object key = attributes.fileKey();
    return key == null ? new Object() : key;
  }

  private static void put(Path file, TarArchiveEntry entry, TarArchiveOutputStream tar)
      throws IOException {
    Object mode = Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    entry.setMode(mode instanceof Integer bits ? bits : FILE_MODE);
    entry.setIds(0, 0);
    long seconds =
        Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
            .to(java.util.concurrent.TimeUnit.SECONDS);
    entry.setModTime(FileTime.from(seconds, java.util.concurrent.TimeUnit.SECONDS));
    tar.putArchiveEntry(entry);
  }
}
