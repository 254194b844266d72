package swarm.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What inodes have and `java.nio.file` cannot make: device files, FIFOs and extended attributes of
/// any namespace (`security.capability`, `trusted.overlay.opaque`). Links are not followed.
/// Thread-safe.
public final class Inodes {
  /// File types, as in `stat.h`.
  public static final int FIFO = 0010000;

  /// A character device.
  public static final int CHARACTER_DEVICE = 0020000;

  /// A block device.
  public static final int BLOCK_DEVICE = 0060000;

  private static final int ENODATA = 61;
  private static final int MAX_ATTRIBUTE = 64 * 1024;

  private static final MethodHandle MKNOD =
      Syscalls.libc("mknod", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG));
  private static final MethodHandle LSETXATTR =
      Syscalls.libc(
          "lsetxattr",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle LGETXATTR =
      Syscalls.libc(
          "lgetxattr", FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG));
  private static final MethodHandle LLISTXATTR =
      Syscalls.libc("llistxattr", FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG));

  private static final MethodHandle SETXATTR =
      Syscalls.libc(
          "setxattr",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle GETXATTR =
      Syscalls.libc(
          "getxattr", FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG));
  private static final MethodHandle LISTXATTR =
      Syscalls.libc("listxattr", FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG));
  private static final MethodHandle UTIMENSAT =
      Syscalls.libc(
          "utimensat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
  private static final int AT_FDCWD = -100;
  private static final long UTIME_OMIT = (1L << 30) - 2;

  private Inodes() {}

  /// Sets the time of the last change of what is held, of whatever type, without opening it.
  public static void setModified(RootedFiles.Handle held, java.time.Instant at)
      throws LinuxException {
    Native.check(
        "set the time of " + held.path(),
        (arena, errno) -> {
          MemorySegment times = arena.allocate(32, 8);
          times.set(JAVA_LONG, 8, UTIME_OMIT); // the time of the last access stays
          times.set(JAVA_LONG, 16, at.getEpochSecond());
          times.set(JAVA_LONG, 24, at.getNano());
          return (int)
              UTIMENSAT.invokeExact(
                  errno, AT_FDCWD, arena.allocateFrom(held.path().toString()), times, 0);
        });
  }

  /// As [#setAttribute(Path, String, byte[])], of what is held.
  public static void setAttribute(RootedFiles.Handle held, String name, byte[] value)
      throws LinuxException {
    setAttribute(SETXATTR, held.path(), name, value);
  }

  /// As [#attribute(Path, String)], of what is held.
  public static Optional<byte[]> attribute(RootedFiles.Handle held, String name)
      throws LinuxException {
    return attribute(GETXATTR, held.path(), name);
  }

  /// As [#attributes(Path)], of what is held.
  public static List<String> attributes(RootedFiles.Handle held) throws LinuxException {
    return attributes(LISTXATTR, held.path());
  }

  /// Makes a FIFO or device file. `mode` is the type with the permissions, which the process's
  /// umask narrows: set them afterwards where they matter. A FIFO's numbers are 0.
  public static void mknod(Path path, int mode, int major, int minor) throws LinuxException {
    long device =
        ((major & 0xfffff000L) << 32)
            | ((major & 0xfffL) << 8)
            | ((minor & 0xffffff00L) << 12)
            | (minor & 0xffL);
    Native.check(
        "make device file " + path,
        (arena, errno) ->
            (int) MKNOD.invokeExact(errno, FileNames.terminated(arena, path), mode, device));
  }

  /// Sets an extended attribute.
  public static void setAttribute(Path path, String name, byte[] value) throws LinuxException {
    setAttribute(LSETXATTR, path, name, value);
  }

  private static void setAttribute(MethodHandle call, Path path, String name, byte[] value)
      throws LinuxException {
    Native.check(
        "set attribute " + name + " of " + path,
        (arena, errno) -> {
          MemorySegment bytes = arena.allocate(Math.max(1, value.length));
          MemorySegment.copy(value, 0, bytes, JAVA_BYTE, 0, value.length);
          return (int)
              call.invokeExact(
                  errno,
                  FileNames.terminated(arena, path),
                  arena.allocateFrom(name),
                  bytes,
                  (long) value.length,
                  0);
        });
  }

  /// An extended attribute's value, or nothing where it is not set.
  public static Optional<byte[]> attribute(Path path, String name) throws LinuxException {
    return attribute(LGETXATTR, path, name);
  }

  private static Optional<byte[]> attribute(MethodHandle call, Path path, String name)
      throws LinuxException {
    byte[][] value = {{}};
    long result =
        Native.tolerant(
            (arena, errno) -> {
              MemorySegment buffer = arena.allocate(MAX_ATTRIBUTE);
              long length =
                  (long)
                      call.invokeExact(
                          errno,
                          FileNames.terminated(arena, path),
                          arena.allocateFrom(name),
                          buffer,
                          (long) MAX_ATTRIBUTE);
              if (length > 0) {
                value[0] = buffer.asSlice(0, length).toArray(JAVA_BYTE);
              }
              return length;
            });
    if (result == -ENODATA) {
      return Optional.empty();
    }
    if (result < 0) {
      throw new LinuxException("read attribute " + name + " of " + path, (int) -result);
    }
    return Optional.of(value[0]);
  }

  /// The names of all extended attributes.
  public static List<String> attributes(Path path) throws LinuxException {
    return attributes(LLISTXATTR, path);
  }

  private static List<String> attributes(MethodHandle call, Path path) throws LinuxException {
    String[] names = {""};
    Native.check(
        "list the attributes of " + path,
        (arena, errno) -> {
          MemorySegment buffer = arena.allocate(MAX_ATTRIBUTE);
          long length =
              (long)
                  call.invokeExact(
                      errno, FileNames.terminated(arena, path), buffer, (long) MAX_ATTRIBUTE);
          if (length > 0) {
            names[0] =
                new String(buffer.asSlice(0, length).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
          }
          return length;
        });
    return Stream.of(names[0].split("\0")).filter(name -> !name.isEmpty()).toList();
  }
}
