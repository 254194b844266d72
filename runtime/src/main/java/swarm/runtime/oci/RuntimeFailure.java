package swarm.runtime.oci;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What an OCI runtime said when it failed, and the exit code that Docker makes of it.
public final class RuntimeFailure extends Exception {
  private static final long serialVersionUID = 1L;
  private static final Pattern LOG_LINE = Pattern.compile("level=(?:error|fatal) msg=\"(.*)\"");

  private static final Pattern ERRORS =
      Pattern.compile("No such file or directory|Permission denied|Is a directory|Not a directory");

  /// `output` is the runtime's standard error.
  public RuntimeFailure(String output) {
    super(reason(output));
  }

  /// 127 where the command does not exist, 126 where it cannot be executed, else 128: what Docker
  /// reports as the exit code of a container that could not be started.
  public int exitCode() {
    String text = String.valueOf(getMessage()).toLowerCase(Locale.ROOT);
    if (text.contains("executable file not found") || text.contains("no such file or directory")) {
      return 127;
    }
    if (text.contains("permission denied")
        || text.contains("is a directory")
        || text.contains("not a directory")) {
      return 126;
    }
    return 128;
  }

  /// The runtime's own sentence: the last error of runc's log lines, unquoted, or all of the text.
  /// Errors of the kernel as Go writes them, whichever runtime tells them: docker's command makes
  /// its exit code of these words.
  static String reason(String output) {
    Matcher matcher = LOG_LINE.matcher(output);
    String found = null;
    while (matcher.find()) {
      found = matcher.group(1).replace("\\\"", "\"").replace("\\\\", "\\");
    }
    return ERRORS
        .matcher(found != null ? found : output.strip())
        .replaceAll(error -> error.group().toLowerCase(Locale.ROOT));
  }
}
