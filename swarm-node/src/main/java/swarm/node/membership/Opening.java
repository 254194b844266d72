package swarm.node.membership;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Something that is being opened beside what does not need it yet: a manager whose log is large
/// takes as long as its containers' lease. Thread-safe.
final class Opening {
  /// It is open.
  static final Opening NOTHING = new Opening();

  static {
    NOTHING.opened.complete(null);
  }

  private final CompletableFuture<Void> opened = new CompletableFuture<>();

  private Opening() {}

  /// Opens something.
  interface Task {
    Object open() throws IOException;
  }

  /// Begins, on a thread of its own.
  static Opening begin(Task task) {
    var opening = new Opening();
    var _ =
        Thread.ofVirtual()
            .name("opening")
            .start(
                () -> {
                  try {
                    Object _ = task.open();
                    opening.opened.complete(null);
                  } catch (IOException | RuntimeException | Error e) {
                    opening.opened.completeExceptionally(e);
                  }
                });
    return opening;
  }

  /// Waits until it is open, or `limit` is over.
  ///
  /// @throws IOException as the task did
  void await(Duration limit) throws IOException, InterruptedException {
    try {
      opened.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException _) {
      // whoever needs it waits for it
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  /// Waits until it is open.
  ///
  /// @throws IOException as the task did
  void await() throws IOException, InterruptedException {
    try {
      opened.get();
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  /// Waits for its end, whatever that is: what is half open cannot be closed.
  void end() {
    opened.handle((_, _) -> true).join();
  }

  private static IOException failure(ExecutionException e) {
    return switch (e.getCause()) {
      case IOException io -> io;
      case RuntimeException bug -> throw bug;
      case Error error -> throw error;
      case null -> new IOException(e);
      default -> new IOException(e.getCause());
    };
  }
}
