package swarm.node.agent;

/// Does a task's work, a step at a time, so that nothing that breaks in one ends its thread without
/// a word: not an exception that nobody expected, nor a stack that was too short for what a user
/// wrote.
final class TaskWork {
  private TaskWork() {}

  /// Part of the work.
  @FunctionalInterface
  interface Step {
    /// @return whether there is more to do
    boolean go() throws InterruptedException;
  }

  /// Hears what broke.
  @FunctionalInterface
  interface Broken {
    /// @return whether to go on with the next step
    boolean broke(Throwable what) throws InterruptedException;
  }

  /// Does the first step, and then the other one until there is no more to do.
  ///
  /// @throws VirtualMachineError once it was told: no memory is left, or the machine itself is
  ///   broken, and that is not the task's fault
  static void run(Step first, Step next, Broken broken) throws InterruptedException {
    boolean more = tried(first, broken);
    while (more) {
      more = tried(next, broken);
    }
  }

  private static boolean tried(Step step, Broken broken) throws InterruptedException {
    try {
      return step.go();
    } catch (RuntimeException | Error e) {
      boolean more = broken.broke(e);
      if (e instanceof VirtualMachineError && !(e instanceof StackOverflowError)) {
        throw e;
      }
      return more;
    }
  }
}
