package swarm.cli.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/// Asks before something is removed, as Docker's command asks.
final class Confirmation {
  /// The exit status of a command that its user did not confirm: nothing failed.
  static final int REFUSED = 0;

  private Confirmation() {}

  /// @return whether the answer was yes
  static boolean given(Invocation call, String warning) throws IOException {
    call.print(warning + "\nAre you sure you want to continue? [y/N] ");
    call.terminal().flush();
    var reader =
        new BufferedReader(new InputStreamReader(call.terminal().in(), StandardCharsets.UTF_8));
    String answer = reader.readLine();
    return answer != null && (answer.strip().equals("y") || answer.strip().equals("Y"));
  }
}
