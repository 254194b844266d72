package swarm.network;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/// A web server in a namespace that answers every request with its own name and the caller's
/// address.
final class WebServer {
  private WebServer() {}

  /// Starts busybox's web server, and waits until it answers within its own namespace.
  static void start(TestHost where, String name, int port, Path folder) throws IOException {
    Path home = Files.createDirectories(folder.resolve(name));
    Path script = Files.createDirectories(home.resolve("cgi-bin")).resolve("who");
    Files.writeString(
        script,
        "#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\n%s %s' "
            + name
            + " $REMOTE_ADDR\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    File log = folder.resolve(name + ".log").toFile();
    where.start(log, "busybox", "httpd", "-f", "-p", "0.0.0.0:" + port, "-h", home.toString());
    await(
        () -> where.succeeds("curl", "-s", "-m", "2", url("127.0.0.1", port)),
        "web server " + name + " answers");
  }

  /// What the server at this address answers, such as `a 10.77.0.3`.
  static String ask(TestHost from, String address, int port) {
    return from.exec("curl", "-sS", "-m", "5", url(address, port));
  }

  /// Whether anything answers.
  static boolean answers(TestHost from, String address, int port) {
    return from.succeeds("curl", "-s", "-m", "2", url(address, port));
  }

  private static String url(String address, int port) {
    return "http://" + address + ":" + port + "/cgi-bin/who";
  }

  /// A state that is waited for.
  interface Condition {
    boolean holds();
  }

  /// Waits for the state, 10 s at most.
  static void await(Condition condition, String what) {
    Instant end = Instant.now().plus(Duration.ofSeconds(10));
    while (!condition.holds()) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("not within 10 s: " + what);
      }
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }
}
