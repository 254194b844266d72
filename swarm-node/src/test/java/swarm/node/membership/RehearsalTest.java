package swarm.node.membership;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.node.api.ServiceReading;
import swarm.node.rpc.EventLoops;
import swarm.node.testing.Await;
import swarm.scheduler.model.Node;

final class RehearsalTest {
  private static final Node.Description HOST =
      new Node.Description("host", "linux", "amd64", 1, 1, "1", Map.of());

  @TempDir Path parent;

  @Test
  void goesThroughInitJoinAndAServiceAndLeavesNothing() throws Exception {
    Path folder = parent.resolve("rehearsal");
    try (var loops = new EventLoops();
        var rehearsal =
            new Rehearsal(folder, loops, HOST, Clock.systemUTC(), ServiceReading::read)) {
      Await.until("the rehearsal is over", rehearsal::done);
      rehearsal.end();
      leftNothing(folder);
    }
  }

  @Test
  void endsWhereItIsWhenTheRealThingBegins() throws Exception {
    Path folder = parent.resolve("rehearsal");
    try (var loops = new EventLoops();
        var rehearsal = new Rehearsal(folder, loops, HOST, Clock.systemUTC(), (_, _) -> {})) {
      Await.until("it has begun", () -> folder.toFile().exists() || rehearsal.done());
      rehearsal.end();
      leftNothing(folder);
    }
  }

  private static void leftNothing(Path folder) throws Exception {
    Await.until("the folder is gone", () -> !folder.toFile().exists());
    Await.until(
        "no thread is left",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(t -> t.getName().startsWith("rehearsal")));
  }
}
