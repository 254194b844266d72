package swarm.runtime.exec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import swarm.runtime.stdio.AttachSession;

/// A process that runs, or ran, in a container beside its first one.
///
/// @param id 64 hexadecimal digits
/// @param pid host number of the process
/// @param streams its attached streams, if any were asked for
/// @param exitCode completes when it ends: its code, 128 + signal, or 255 where nobody knows
/// @param folder its monitor's; for the engine
public record ExecSession(
    String id,
    int pid,
    Optional<AttachSession> streams,
    CompletableFuture<Integer> exitCode,
    Path folder) {

  /// Sets the size of its terminal.
  ///
  /// @return false where it has ended
  public boolean resize(int rows, int columns) throws IOException {
    return AttachSession.resize(folder, rows, columns);
  }
}
