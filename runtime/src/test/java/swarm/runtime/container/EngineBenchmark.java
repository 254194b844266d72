package swarm.runtime.container;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Times the engine by hand: `java ... swarm.runtime.container.EngineBenchmark`. No test; figures
/// go to the design notes.
public final class EngineBenchmark {
  private EngineBenchmark() {}

  /// Runs it.
  public static void main(String[] args) throws Exception {
    EngineHarness harness = EngineHarness.open();
    try {
      ContainerEngine engine = harness.engine;
      for (int i = 0; i < 10; i++) {
        long begin = System.nanoTime();
        String id = harness.create(EngineHarness.busybox("echo", "hello").autoRemove(true));
        var ended = engine.waitFor(id, WaitCondition.NEXT_EXIT);
        var removed = engine.waitFor(id, WaitCondition.REMOVED);
        long created = System.nanoTime();
        engine.start(id);
        long started = System.nanoTime();
        ended.get(10, TimeUnit.SECONDS);
        long exit = System.nanoTime();
        removed.get(10, TimeUnit.SECONDS);
        long end = System.nanoTime();
        System.out.printf(
            "run --rm: create %.1f start %.1f exit %.1f removed %.1f total %.1f ms%n",
            (created - begin) / 1e6,
            (started - created) / 1e6,
            (exit - started) / 1e6,
            (end - exit) / 1e6,
            (end - begin) / 1e6);
      }
      for (int round = 0; round < 2; round++) {
        many(harness, Integer.getInteger("containers", 70));
      }
    } finally {
      harness.close();
    }
  }

  private static void many(EngineHarness harness, int count) throws Exception {
    long begin = System.nanoTime();
    List<String> ids = new ArrayList<>();
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> started = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        started.add(
            tasks.submit(
                () -> harness.run(EngineHarness.busybox("sleep", "1000").networkMode("bridge"))));
      }
      for (Future<String> start : started) {
        ids.add(start.get());
      }
    }
    long up = System.nanoTime();
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Container>> removals = new ArrayList<>();
      for (String id : ids) {
        removals.add(tasks.submit(() -> harness.engine.remove(id, true)));
      }
      for (Future<Container> removal : removals) {
        removal.get();
      }
    }
    long gone = System.nanoTime();
    System.out.printf(
        "%d containers: started %.0f ms, removed %.0f ms%n",
        count, (up - begin) / 1e6, (gone - up) / 1e6);
  }
}
