package swarm.scheduler.model;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What agents can do with a task: one of an older build would run it without what it does not
/// know. Pure.
public final class AgentFormat {
  /// Of every build.
  public static final int FIRST = 1;

  /// Also secrets, configs and templates.
  static final int SECOND = 2;

  /// Also networks that users made.
  static final int THIRD = 3;

  /// Also ports that answer at some addresses of a host only. An agent of an older build is not
  /// told of these: it would open them everywhere.
  public static final int FOURTH = 4;

  /// Also what a container may do less, or more, than others (`Privileges`): an older agent would
  /// run it as any other.
  static final int FIFTH = 5;

  /// Of this build.
  public static final int NEWEST = FIFTH;

  private AgentFormat() {}

  /// What a task's agent must be able to do.
  public static int of(Task task) {
    ContainerSpec container = task.spec().containerSpec();
    if (container != null && container.privileged()) {
      return FIFTH;
    }
    if (!task.spec().networkTargets().isEmpty()) {
      return THIRD;
    }
    boolean files = container != null && (!container.payloads().isEmpty() || templated(container));
    return files ? SECOND : FIRST; // of a job's task an agent is told that it is to run
  }

  private static boolean templated(ContainerSpec container) {
    Stream<String> mounts =
        NonNulls.of(container.mounts()).stream()
            .flatMap(mount -> Stream.of(text(mount.source()), text(mount.target())));
    Stream<String> own =
        Stream.concat(Stream.of(text(container.hostname())), NonNulls.of(container.env()).stream());
    return Stream.concat(own, mounts).anyMatch(text -> text.contains("{{"));
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
