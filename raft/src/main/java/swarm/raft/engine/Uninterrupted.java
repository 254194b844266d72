package swarm.raft.engine;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Work that must not be broken off half done: Ratis leaves threads and files behind where it is
/// interrupted while it starts or closes.
final class Uninterrupted {
  private Uninterrupted() {}

  /// Does `work` on a thread of its own and waits for its end, however often the caller is
  /// interrupted; the caller finds its interrupt set afterwards.
  ///
  /// @throws IOException what `work` threw; errors and unchecked exceptions pass as they are
  static <T> T call(String name, Callable<T> work) throws IOException {
    var task = new FutureTask<T>(work);
    Thread.ofPlatform().daemon().name(name).start(task);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException _) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw asThrown(Objects.requireNonNull(e.getCause(), "what a task threw"));
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static IOException asThrown(Throwable cause) {
    return switch (cause) {
      case IOException e -> e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> new IOException(e);
    };
  }
}
