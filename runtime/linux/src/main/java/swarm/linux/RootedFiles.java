package swarm.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Opens paths as they look from inside a container's root: absolute symbolic links and `..` stay
/// within it, whatever the image put there (`openat2(2)` with `RESOLVE_IN_ROOT`). Thread-safe.
public final class RootedFiles {
  private static final long SYS_OPENAT2 = 437;
  private static final long RESOLVE_NO_MAGICLINKS = 0x02;
  private static final long RESOLVE_IN_ROOT = 0x10;
  private static final int O_PATH = 0x200000;
  private static final int O_DIRECTORY = 0x10000;
  private static final int O_NOFOLLOW = 0x20000;
  private static final int ENOENT = 2;
  private static final int ENOTDIR = 20;
  private static final int ELOOP = 40;
  private static final int OPEN_HOW_BYTES = 24;

  private static final MethodHandle SYSCALL =
      Syscalls.libc(
          "syscall",
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG),
          Linker.Option.firstVariadicArg(1));

  private RootedFiles() {}

  /// A file or directory found inside a root and held open: [#path] names it without being looked
  /// up again, so a link swapped in meanwhile changes nothing.
  public static final class Handle implements AutoCloseable {
    private final int fd;

    private Handle(int fd) {
      this.fd = fd;
    }

    /// A path to the held file itself, valid until this is closed. For a directory, names can be
    /// resolved against it (the last name may be a link: use `NOFOLLOW_LINKS`).
    public Path path() {
      return Path.of("/proc/self/fd/" + fd);
    }

    /// Where the file is on the host now.
    public Path hostPath() throws IOException {
      return Files.readSymbolicLink(path());
    }

    @Override
    public void close() {
      Native.close(fd);
    }
  }

  /// Finds `path` inside `root`, following links within the root; nothing where it does not exist.
  public static Optional<Handle> find(Path root, String path) throws LinuxException {
    return open(root, path, O_PATH);
  }

  /// As [#find], for directories only.
  public static Optional<Handle> findDirectory(Path root, String path) throws LinuxException {
    return open(root, path, O_PATH | O_DIRECTORY);
  }

  /// As [#find], but a link at the end of the path is found itself.
  public static Optional<Handle> findLink(Path root, String path) throws LinuxException {
    return open(root, path, O_PATH | O_NOFOLLOW);
  }

  /// The directory `path` inside `root`, which is made where it is missing, with those above it
  /// (0755, root's).
  ///
  /// @throws IOException where something that is no directory is in the way
  public static Handle makeDirectories(Path root, String path) throws IOException {
    Optional<Handle> there = findDirectory(root, path);
    if (there.isPresent()) {
      return there.get();
    }
    String bare = path.replaceAll("/+$", "");
    int slash = bare.lastIndexOf('/');
    String name = bare.substring(slash + 1);
    if (name.isEmpty() || name.equals("..") || name.equals(".")) {
      throw new java.nio.file.NotDirectoryException(path);
    }
    try (Handle parent = makeDirectories(root, slash <= 0 ? "/" : bare.substring(0, slash))) {
      Path made = FileNames.in(parent.path(), name);
      Files.createDirectory(made);
      try (Handle own =
          findLink(parent.path(), name)
              .orElseThrow(() -> new java.nio.file.NoSuchFileException(path))) {
        Files.setAttribute(own.path(), "unix:mode", 0755); // whatever the umask
      }
    }
    return findDirectory(root, path).orElseThrow(() -> new java.nio.file.NoSuchFileException(path));
  }

  /// The content of a regular file inside `root`, or nothing where there is none.
  ///
  /// @throws IOException also where the file is longer than `limit` bytes
  public static Optional<byte[]> read(Path root, String path, int limit) throws IOException {
    Optional<Handle> found = find(root, path);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (Handle handle = found.get()) {
      if (!Files.isRegularFile(handle.path())) {
        return Optional.empty();
      }
      try (var in = Files.newInputStream(handle.path())) {
        byte[] content = in.readNBytes(limit + 1);
        if (content.length > limit) {
          throw new IOException(path + " in the image is longer than " + limit + " bytes");
        }
        return Optional.of(content);
      }
    }
  }

  private static Optional<Handle> open(Path root, String path, int flags) throws LinuxException {
    int directory = Native.open(root, O_PATH | O_DIRECTORY, 0);
    try {
      long result =
          Native.tolerant(
              (arena, errno) -> {
                MemorySegment how = arena.allocate(OPEN_HOW_BYTES, 8);
                how.set(JAVA_LONG, 0, flags | (long) Native.O_CLOEXEC);
                how.set(JAVA_LONG, 16, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
                return (long)
                    SYSCALL.invokeExact(
                        errno,
                        SYS_OPENAT2,
                        (long) directory,
                        FileNames.terminated(arena, path),
                        how,
                        (long) OPEN_HOW_BYTES);
              });
      if (result == -ENOENT || result == -ENOTDIR || result == -ELOOP) {
        return Optional.empty();
      }
      if (result < 0) {
        throw new LinuxException("open " + path + " inside " + root, (int) -result);
      }
      return Optional.of(new Handle((int) result));
    } finally {
      Native.close(directory);
    }
  }
}
