package swarm.chaos.multihost;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Things that do not depend on each other, done at the same time: each on a virtual thread.
final class Together {
  private Together() {}

  /// One of the things.
  @FunctionalInterface
  interface Task {
    void run() throws Exception;
  }

  /// Does all at once; returns when all have ended.
  ///
  /// @throws Exception the first failure, the others suppressed in it
  static void run(List<Task> tasks) throws Exception {
    run(tasks.size(), tasks);
  }

  /// Does all, so many at once; returns when all have ended.
  ///
  /// @throws Exception the first failure, the others suppressed in it
  static void run(int atOnce, List<Task> tasks) throws Exception {
    Throwable failure = null;
    try (var threads = Executors.newFixedThreadPool(atOnce, Thread.ofVirtual().factory())) {
      var all = new ArrayList<Future<?>>();
      for (Task task : tasks) {
        all.add(
            threads.submit(
                () -> {
                  task.run();
                  return true;
                }));
      }
      for (Future<?> one : all) {
        failure = both(failure, failureOf(one));
      }
    }
    switch (failure) {
      case null -> {}
      case Exception e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }

  private static @Nullable Throwable failureOf(Future<?> task) throws InterruptedException {
    try {
      var _ = task.get();
      return null;
    } catch (ExecutionException e) {
      return e.getCause();
    }
  }

  private static @Nullable Throwable both(@Nullable Throwable first, @Nullable Throwable second) {
    if (first == null) {
      return second;
    }
    if (second != null) {
      first.addSuppressed(second);
    }
    return first;
  }
}
