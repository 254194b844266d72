package swarm.cli.command;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Map;
import java.util.TreeMap;

/// The edge to whoever called the program: streams, variables, clock and signals.
///
/// @param out buffered; whoever prints for one who waits flushes it
public record Terminal(
    InputStream in,
    PrintStream out,
    PrintStream err,
    Map<String, String> environment,
    boolean inputIsTerminal,
    boolean outputIsTerminal,
    InstantSource clock,
    Signals signals) {

  private static final int BUFFER = 8192;

  /// The process's own. Texts are UTF-8 whatever the locale says, as Docker's are.
  public static Terminal ofProcess() {
    return new Terminal(
        System.in,
        stream(FileDescriptor.out),
        stream(FileDescriptor.err),
        environment(System.getenv()),
        isTerminal(0),
        isTerminal(1),
        InstantSource.system(),
        Signals.ofProcess());
  }

  /// As the user has it: `bin/swarm` sets the locale for this process alone.
  static Map<String, String> environment(Map<String, String> own) {
    var all = new TreeMap<>(own);
    String locale = all.remove("SWARM_LC_ALL");
    if (locale != null) {
      all.put("LC_ALL", locale);
    } else {
      all.remove("LC_ALL");
    }
    return all;
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(
        new BufferedOutputStream(new FileOutputStream(descriptor), BUFFER),
        false,
        StandardCharsets.UTF_8);
  }

  private static boolean isTerminal(int descriptor) {
    try {
      String file = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return file.startsWith("/dev/pts/")
          || file.startsWith("/dev/tty")
          || file.equals("/dev/console");
    } catch (IOException _) {
      return false; // closed, or no /proc: then nothing is drawn
    }
  }

  ZoneId zone() {
    return ZoneId.systemDefault();
  }

  /// Writes out what is buffered.
  ///
  /// @return false where the reader is gone
  boolean flush() {
    err.flush();
    return !out.checkError();
  }
}
