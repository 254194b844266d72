package swarm.cli.command;

/// Being told to end, by Ctrl-C or `kill`.
///
/// The JDK's only way to handle single signals, `sun.misc.Signal`, cannot be compiled where
/// warnings are errors. So this is the JVM's shutdown: it happens once, does not say which signal
/// came, and a second Ctrl-C does nothing.
public interface Signals {
  /// Until the returned handle is closed, `action` runs when the process is told to end, and its
  /// result is the exit status. `action` runs on a thread of its own, while all others go on.
  Handle onEnd(Ending action);

  /// What is done before the end.
  @FunctionalInterface
  interface Ending {
    /// @return the exit status
    int run();
  }

  /// Takes the action back.
  interface Handle extends AutoCloseable {
    @Override
    void close();
  }

  /// The process's own.
  static Signals ofProcess() {
    return action -> {
      var hook = new Thread(() -> Runtime.getRuntime().halt(action.run()), "ending");
      Runtime.getRuntime().addShutdownHook(hook);
      return () -> {
        try {
          Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
          // the end has begun: the hook ends the process
          await(hook);
        }
      };
    };
  }

  private static void await(Thread hook) {
    try {
      hook.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
