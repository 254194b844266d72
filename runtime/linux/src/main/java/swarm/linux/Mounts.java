package swarm.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Mounting and unmounting in the mount namespace of the calling process (`mount(2)`,
/// `umount2(2)`). Thread-safe.
public final class Mounts {
  /// Mount read-only.
  public static final long READ_ONLY = 1;

  /// Ignore set-user-id bits.
  public static final long NO_SUID = 2;

  /// Ignore device files.
  public static final long NO_DEV = 4;

  /// Refuse to execute programs.
  public static final long NO_EXEC = 8;

  /// Change the flags of a mount that is there.
  public static final long REMOUNT = 32;

  /// Make a directory or file visible at a second place.
  public static final long BIND = 4096;

  /// Apply to the whole tree below.
  public static final long RECURSIVE = 16384;

  /// Neither send mount events to other namespaces nor receive them.
  public static final long PRIVATE = 1 << 18;

  private static final int MNT_DETACH = 2;
  private static final int UMOUNT_NOFOLLOW = 8;
  private static final int EINVAL = 22;
  private static final int ENOENT = 2;
  private static final int CLONE_FS = 0x200;
  private static final int CLONE_NEWNS = 0x20000;

  private static final MethodHandle MOUNT =
      Syscalls.libc(
          "mount", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
  private static final MethodHandle UMOUNT2 =
      Syscalls.libc("umount2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle UNSHARE =
      Syscalls.libc("unshare", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle CHDIR =
      Syscalls.libc("chdir", FunctionDescriptor.of(JAVA_INT, ADDRESS));

  private Mounts() {}

  /// `mount(2)`. `type` and `data` may be absent, as for a bind mount; `data` must fit into one
  /// page (4,095 bytes), or the kernel cuts it off silently, so a longer one is refused here.
  public static void mount(
      String source, Path target, @Nullable String type, long flags, @Nullable String data)
      throws LinuxException {
    if (data != null && data.length() > 4095) {
      throw new IllegalArgumentException(
          "mount options of " + data.length() + " bytes, the kernel takes 4095");
    }
    Native.check(
        "mount " + source + " on " + target,
        (arena, errno) -> {
          // Typed before the call: invokeExact takes the static types of its arguments.
          MemorySegment typeName = type == null ? MemorySegment.NULL : arena.allocateFrom(type);
          MemorySegment options = data == null ? MemorySegment.NULL : arena.allocateFrom(data);
          return (int)
              MOUNT.invokeExact(
                  errno,
                  arena.allocateFrom(source),
                  arena.allocateFrom(target.toString()),
                  typeName,
                  flags,
                  options);
        });
  }

  /// As [#mount], with relative paths in `data` taken from `directory`. The working directory
  /// belongs to the process, so this runs on a platform thread of its own that left it
  /// (`CLONE_FS`).
  public static void mountFrom(
      Path directory, String source, Path target, @Nullable String type, long flags, String data)
      throws IOException, InterruptedException {
    onOwnThread(
        "mount-from",
        () -> {
          Native.check(
              "unshare the working directory",
              (_, errno) -> (int) UNSHARE.invokeExact(errno, CLONE_FS));
          Native.check(
              "change directory to " + directory,
              (arena, errno) ->
                  (int) CHDIR.invokeExact(errno, arena.allocateFrom(directory.toString())));
          mount(source, target, type, flags, data);
        });
  }

  /// Gives this thread, for good, a mount namespace in which nothing is seen by others, and in
  /// which others' later mounts are not seen. Only on a thread of its own: see [#onOwnThread].
  static void leaveNamespace() throws LinuxException {
    Native.check(
        "unshare the mount namespace", (_, errno) -> (int) UNSHARE.invokeExact(errno, CLONE_NEWNS));
    mount("none", Path.of("/"), null, RECURSIVE | PRIVATE, null);
  }

  /// Makes `source` visible at `target` too (both exist, both directories or both not).
  public static void bind(Path source, Path target) throws LinuxException {
    mount(source.toString(), target, null, BIND, null);
  }

  /// Takes the mount at `target` out of sight at once and ends it when its last user is gone
  /// (`MNT_DETACH`). Does nothing where nothing is mounted.
  ///
  /// @return whether something was mounted there
  public static boolean detach(Path target) throws LinuxException {
    long result =
        Native.tolerant(
            (arena, errno) ->
                (int)
                    UMOUNT2.invokeExact(
                        errno,
                        arena.allocateFrom(target.toString()),
                        MNT_DETACH | UMOUNT_NOFOLLOW));
    if (result == -EINVAL || result == -ENOENT) {
      return false;
    }
    if (result < 0) {
      throw new LinuxException("unmount " + target, (int) -result);
    }
    return true;
  }

  /// The mount points at or below `directory` in this process's namespace, the deepest first, so
  /// that they can be detached in this order.
  public static List<Path> below(Path directory) throws IOException {
    List<Path> found = new ArrayList<>();
    String all = FileNames.text(Files.readAllBytes(Path.of("/proc/self/mountinfo")));
    for (String line : all.lines().toList()) {
      String[] fields = line.split(" ", 6);
      Path point = FileNames.path(unescape(fields[4]));
      if (point.startsWith(directory)) {
        found.addFirst(point);
      }
    }
    return found;
  }

  /// Undoes the octal escapes of `/proc/*/mountinfo` (proc(5)): `\040` for a space and so on.
  static String unescape(String field) {
    if (field.indexOf('\\') < 0) {
      return field;
    }
    var text = new StringBuilder();
    for (int i = 0; i < field.length(); i++) {
      if (field.charAt(i) == '\\' && i + 3 < field.length()) {
        text.append((char) Integer.parseInt(field.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        text.append(field.charAt(i));
      }
    }
    return text.toString();
  }

  /// Something that may change its thread for good.
  @FunctionalInterface
  interface ThreadTask {
    void run() throws IOException;
  }

  /// Runs `task` on a new platform thread that ends with it: the kernel's per-thread state (working
  /// directory, namespaces) that it changes is gone afterwards.
  static void onOwnThread(String name, ThreadTask task) throws IOException, InterruptedException {
    var failure = new AtomicReference<@Nullable Throwable>();
    Thread thread =
        Thread.ofPlatform()
            .name(name)
            .daemon()
            .start(
                () -> {
                  try {
                    task.run();
                  } catch (Throwable e) {
                    failure.set(e);
                  }
                });
    thread.join();
    switch (failure.get()) {
      case null -> {}
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }
}
