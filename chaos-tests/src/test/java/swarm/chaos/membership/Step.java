package swarm.chaos.membership;

/// Something that is done to one host or node; `by` and `at` are hosts whose manager is asked.
public sealed interface Step {
  /// A host that is in no cluster joins.
  record Join(int host, Role as, int at) implements Step {}

  /// A worker becomes a manager.
  record Promote(int host, int by) implements Step {}

  /// A manager becomes a worker, also one whose daemon does not run.
  record Demote(int host, int by) implements Step {}

  /// A manager is demoted and leaves at once, without force: as soon as it is let go.
  record Retire(int host, int by) implements Step {}

  /// A worker leaves, or a manager by force.
  record Leave(int host) implements Step {}

  /// `node rm` of a node that left.
  record Forget(Node node, int by) implements Step {}

  /// `node rm` of a worker that did not leave: by force where its daemon runs.
  record Expel(int host, int by) implements Step {}

  /// A host that was expelled leaves what it was in. Its daemon is started for that, where it does
  /// not run.
  record ComeBack(int host) implements Step {}

  /// `kill -9` of a daemon.
  record Kill(int host) implements Step {}

  /// Its start.
  record Restart(int host) implements Step {}

  /// A demotion that would lose the quorum, or the last manager.
  ///
  /// @param why what the refusal must say
  record RefusedDemotion(int host, int by, String why) implements Step {}

  /// A manager is told to leave, without force.
  ///
  /// @param why what the refusal must say
  record RefusedLeave(int host, String why) implements Step {}
}
