package swarm.runtime.oci;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/// Names and numbers of signals on Linux (signal(7)). Pure.
public final class Signals {
  /// What no process can ignore.
  public static final int SIGKILL = 9;

  /// What asks a process to end.
  public static final int SIGTERM = 15;

  private static final int SIGRTMIN = 34;
  private static final int SIGRTMAX = 64;
  // By number from 1 on.
  private static final List<String> NAMES =
      List.of(
          "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
          "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
          "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS");

  private Signals() {}

  /// The number of `9`, `KILL`, `sigkill`, `RTMIN+3` ...; empty where the text names no signal.
  public static OptionalInt number(String text) {
    String name = text.toUpperCase(Locale.ROOT);
    name = name.startsWith("SIG") ? name.substring(3) : name;
    int number = -1;
    if (!name.isEmpty() && name.length() < 4 && name.chars().allMatch(Character::isDigit)) {
      number = Integer.parseInt(name);
    } else if (NAMES.contains(name)) {
      number = NAMES.indexOf(name) + 1;
    } else if (name.matches("RTMIN(\\+[0-9]{1,2})?")) {
      number = SIGRTMIN + (name.length() > 6 ? Integer.parseInt(name.substring(6)) : 0);
    } else if (name.matches("RTMAX(-[0-9]{1,2})?")) {
      number = SIGRTMAX - (name.length() > 6 ? Integer.parseInt(name.substring(6)) : 0);
    }
    return number < 1 || number > SIGRTMAX ? OptionalInt.empty() : OptionalInt.of(number);
  }
}
