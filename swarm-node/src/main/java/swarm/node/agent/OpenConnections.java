package swarm.node.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The TCP connections that others have to a container's servers, as the kernel lists them for a
/// network namespace (proc(5), `net/tcp` and `net/tcp6`).
final class OpenConnections {
  private static final String ESTABLISHED = "01";
  private static final String LISTENING = "0A";
  private static final String LOOPBACK4 = "0100007F";
  private static final String LOOPBACK6 = "00000000000000000000000001000000";
  private static final String LOOPBACK_MAPPED = "0000000000000000FFFF00000100007F";

  private OpenConnections() {}

  /// How many there are in the namespace of a process; none where it is gone.
  static long of(int pid) {
    var lines = new ArrayList<String>();
    for (String table : List.of("tcp", "tcp6")) {
      try {
        lines.addAll(Files.readAllLines(Path.of("/proc", Integer.toString(pid), "net", table)));
      } catch (IOException _) {
        // the process has ended, or the kernel knows no IPv6: nothing is open there
      }
    }
    return count(lines);
  }

  /// How many of the sockets in a kernel's tables are connections to a port that is listened on,
  /// but by the container itself. Pure.
  ///
  /// @param lines of the tables, with their headings
  static long count(List<String> lines) {
    List<Socket> sockets = lines.stream().map(OpenConnections::socket).toList();
    Set<String> served =
        sockets.stream()
            .filter(s -> s.state().equals(LISTENING))
            .map(Socket::port)
            .collect(Collectors.toSet());
    return sockets.stream()
        .filter(s -> s.state().equals(ESTABLISHED) && !s.loopback() && served.contains(s.port()))
        .count();
  }

  private record Socket(String address, String port, String state) {
    boolean loopback() {
      return address.equals(LOOPBACK4)
          || address.equals(LOOPBACK6)
          || address.equals(LOOPBACK_MAPPED);
    }
  }

  /// ` 0: 0100007F:1F90 00000000:0000 0A ...`: number, local, remote, state. A heading has none.
  private static Socket socket(String line) {
    String[] words = line.strip().split("\\s+");
    String[] local = words.length > 3 ? words[1].split(":") : new String[0];
    return local.length == 2 ? new Socket(local[0], local[1], words[3]) : new Socket("", "", "");
  }
}
