package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The processes of a container, from proc(5).
final class ProcessList {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessList.class);
  // USER_HZ, in which the kernel shows times to user space; 100 on every architecture we run on.
  private static final long TICKS_PER_SECOND = 100;

  private ProcessList() {}

  static List<ContainerProcess> read(List<Integer> pids, Instant now) throws IOException {
    double uptime = uptimeSeconds();
    List<ContainerProcess> found = new ArrayList<>();
    for (int pid : pids) {
      Path process = Path.of("/proc", Integer.toString(pid));
      try {
        String stat = Files.readString(process.resolve("stat"));
        long uid = ((Integer) Files.getAttribute(process, "unix:uid")).longValue();
        String command =
            Files.readString(process.resolve("cmdline"), java.nio.charset.StandardCharsets.UTF_8);
        found.add(parse(pid, stat, uid, command, now, uptime));
      } catch (IOException e) {
        LOG.debug("process {} ended while it was looked at", pid, e);
      }
    }
    return found;
  }

  private static double uptimeSeconds() throws IOException {
    String text = Files.readString(Path.of("/proc/uptime"));
    return Double.parseDouble(text.substring(0, text.indexOf(' ')));
  }

  // The name, in parentheses, may hold anything; the fields after it are numbered from 3 (state).
  static ContainerProcess parse(
      int pid, String stat, long uid, String cmdline, Instant now, double uptimeSeconds) {
    int open = stat.indexOf('(');
    int close = stat.lastIndexOf(')');
    String[] fields = stat.substring(close + 2).split(" ", -1);
    long cpuTicks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    double startSeconds = Long.parseLong(fields[19]) / (double) TICKS_PER_SECOND;
    Duration age = Duration.ofMillis((long) ((uptimeSeconds - startSeconds) * 1000));
    String command = cmdline.replace('\0', ' ').strip();
    return new ContainerProcess(
        pid,
        Integer.parseInt(fields[1]),
        uid,
        now.minus(age),
        Duration.ofMillis(cpuTicks * 1000 / TICKS_PER_SECOND),
        command.isEmpty() ? "[" + stat.substring(open + 1, close) + "]" : command);
  }
}
