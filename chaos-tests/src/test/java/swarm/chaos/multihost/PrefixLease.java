package swarm.chaos.multihost;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import swarm.chaos.cluster.TestCluster;

/// A prefix for the names of test hosts that no other live process of this machine has. It is in a
/// file that its process keeps locked: the kernel lets go of the lock when the process ends,
/// however it ends, so that the next run can tell what is left of a broken run from what is in use.
/// Confined to one thread.
final class PrefixLease implements AutoCloseable {
  private static final Path LEASES = Path.of("/run/testhosts");
  private static final String SUFFIX = ".lease";
  private static final int LETTERS = 26;

  /// Those of this process. It must not even open their files again: closing a file lets go of
  /// every lock that the process has on it.
  private static final Set<String> OURS = new HashSet<>();

  private static int taken;

  private final String prefix;
  private final Path dir;
  private final FileChannel file;

  private PrefixLease(String prefix, Path dir, FileChannel file) {
    this.prefix = prefix;
    this.dir = dir;
    this.file = file;
  }

  /// Takes a prefix with this process's id in it.
  ///
  /// @param parent gets a folder for the cluster, of the same name
  static PrefixLease take(Path parent) throws IOException {
    String prefix = "m" + ProcessHandle.current().pid() + letters(taken++);
    Path dir = parent.resolve(prefix);
    Files.createDirectories(LEASES);
    Path unlocked = LEASES.resolve(prefix + ".new");
    FileChannel file =
        FileChannel.open(
            unlocked,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    FileLock _ = file.lock();
    int _ = file.write(ByteBuffer.wrap(dir.toString().getBytes(StandardCharsets.UTF_8)));
    OURS.add(prefix);
    Files.move(unlocked, file(prefix), StandardCopyOption.ATOMIC_MOVE);
    return new PrefixLease(prefix, dir, file);
  }

  private static Path file(String prefix) {
    return LEASES.resolve(prefix + SUFFIX);
  }

  private static String letters(int number) {
    String last = Character.toString('a' + number % LETTERS);
    return number < LETTERS ? last : Character.toString('a' + number / LETTERS - 1) + last;
  }

  /// Removes what processes that ended without doing so left of their clusters.
  static void clearLeftovers() throws IOException, InterruptedException {
    if (!Files.isDirectory(LEASES)) {
      return;
    }
    try (var files = Files.newDirectoryStream(LEASES, "*" + SUFFIX)) {
      for (Path one : files) {
        String name = one.getFileName().toString();
        String prefix = name.substring(0, name.length() - SUFFIX.length());
        if (!OURS.contains(prefix)) {
          clearUnlessLive(prefix);
        }
      }
    }
  }

  private static void clearUnlessLive(String prefix) throws IOException, InterruptedException {
    Path path = file(prefix);
    try (var file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      @Nullable FileLock lock = file.tryLock();
      if (lock != null && Files.exists(path)) { // else another run has just cleared it
        TestCluster.clear(Path.of(Files.readString(path)), prefix);
        Files.delete(path);
      }
    } catch (NoSuchFileException _) {
      // its own process, or another run, was first
    }
  }

  String prefix() {
    return prefix;
  }

  /// The folder for the cluster with this prefix.
  Path dir() {
    return dir;
  }

  /// Gives it back. What had this prefix must be gone.
  @Override
  public void close() throws IOException {
    Files.delete(file(prefix));
    file.close();
    OURS.remove(prefix);
  }
}
