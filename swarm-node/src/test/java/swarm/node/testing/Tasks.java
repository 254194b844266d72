package swarm.node.testing;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Version;

/// Tasks as managers assign them.
public final class Tasks {
  private static final Instant NOW = Instant.EPOCH;
  private static final @Nullable Instant NEVER = null;

  private Tasks() {}

  /// A task of node `n1`, whose size its status' message makes.
  public static Task assigned(String id, String message) {
    return new Task(
        id,
        new Version(1, NOW, NOW),
        "s1",
        "web",
        1,
        "n1",
        new ServiceSpec(null, null, null, null, null, null, null, null, null).template(),
        0,
        0,
        TaskState.RUNNING,
        new Task.Status(TaskState.ASSIGNED, NOW, message, "", null),
        0,
        NOW,
        List.of(),
        0,
        NEVER,
        NEVER);
  }
}
