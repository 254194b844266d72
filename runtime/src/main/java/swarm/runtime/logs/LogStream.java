package swarm.runtime.logs;

import java.io.IOException;
import java.util.Optional;

/// The entries that a query asked for, in file order. For one thread; [#close] may be called by
/// another and ends a wait.
public interface LogStream extends AutoCloseable {
  /// The next entry; waits for it when following; nothing at the end.
  Optional<LogEntry> next() throws IOException, InterruptedException;

  @Override
  void close();
}
