package swarm.scheduler.model;

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
  /// run it as any other. It also hears that there may be no ingress network.
  public static final int FIFTH = 5;

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
    boolean files = container != null && (!container.payloads().isEmpty() || container.templated());
    return files ? SECOND : FIRST; // of a job's task an agent is told that it is to run
  }
}
