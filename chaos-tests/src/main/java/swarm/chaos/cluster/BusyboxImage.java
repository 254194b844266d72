package swarm.chaos.cluster;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/// The root file system of the tests' image: a static busybox.
public final class BusyboxImage {
  /// What its web server says: the name of its container.
  public static final String SERVE =
      "[\"sh\",\"-c\",\"hostname >/www/index.html; exec httpd -f -p 80 -h /www\"]";

  private static final int EXECUTABLE = 0100755;
  private static final List<String> APPLETS =
      List.of("sh", "httpd", "hostname", "sleep", "cat", "echo", "wget", "true", "false");

  private BusyboxImage() {}

  /// A root file system with a shell and a web server, as a tar.
  public static byte[] tar() throws IOException {
    byte[] busybox = Files.readAllBytes(busybox());
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(bytes, StandardCharsets.UTF_8.name())) {
      for (String folder : List.of("bin/", "www/", "proc/", "sys/", "dev/", "etc/", "tmp/")) {
        tar.putArchiveEntry(new TarArchiveEntry(folder));
        tar.closeArchiveEntry();
      }
      var program = new TarArchiveEntry("bin/busybox");
      program.setMode(EXECUTABLE);
      program.setSize(busybox.length);
      tar.putArchiveEntry(program);
      tar.write(busybox);
      tar.closeArchiveEntry();
      for (String applet : APPLETS) {
        var link = new TarArchiveEntry("bin/" + applet, TarConstants.LF_SYMLINK);
        link.setLinkName("busybox");
        tar.putArchiveEntry(link);
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static Path busybox() throws IOException {
    for (String candidate : List.of("/bin/busybox", "/usr/bin/busybox")) {
      if (Files.isExecutable(Path.of(candidate))) {
        return Path.of(candidate);
      }
    }
    throw new IOException("no busybox here: apt-get install busybox-static");
  }
}
