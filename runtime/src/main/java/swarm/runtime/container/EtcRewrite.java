package swarm.runtime.container;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;

/// A change of a running container's `/etc/hosts` and `/etc/resolv.conf`, in place, for they are
/// mounted; what the container's own processes wrote stays. Both change or neither. For one change.
final class EtcRewrite {
  private record Before(Path file, byte[] content) {}

  private final ContainerPaths paths;
  private final String id;
  private final Deque<Before> changed = new ArrayDeque<>();

  EtcRewrite(ContainerPaths paths, String id) {
    this.paths = paths;
    this.id = id;
  }

  /// Makes it.
  ///
  /// @throws IOException with the files as they were
  void make(NetworkChange.Result result) throws IOException {
    Path hosts = paths.etc(id, "hosts");
    try {
      write(hosts, HostsLines.changed(hosts, result.goneHosts(), result.addedHosts()));
      if (!result.resolvConf().isEmpty()) {
        byte[] content = result.resolvConf().getBytes(StandardCharsets.UTF_8);
        write(paths.etc(id, "resolv.conf"), content);
      }
    } catch (IOException e) {
      takeBack(e);
      throw e;
    }
  }

  /// Puts back what was there.
  ///
  /// @param reason gets what this meets
  void takeBack(Exception reason) {
    while (!changed.isEmpty()) {
      Before before = changed.pop();
      try {
        overwrite(before.file(), before.content());
      } catch (IOException e) {
        reason.addSuppressed(e);
      }
    }
  }

  private void write(Path file, byte[] content) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      changed.push(new Before(file, in.readNBytes(HostsLines.MAX_BYTES)));
    }
    overwrite(file, content);
  }

  /// Keeps the room that the file has: what becomes no longer fits on a full disk, too.
  private static void overwrite(Path file, byte[] content) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer all = ByteBuffer.wrap(content);
      while (all.hasRemaining()) {
        channel.write(all);
      }
      channel.truncate(content.length);
    }
  }
}
