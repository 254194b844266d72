package swarm.raft.engine;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The threads of one member, told by their group and by its name, which theirs begin with. Others
/// came into the group because one of Ratis' threads was the first to use a pool of the whole
/// program (gRPC's, the JDK's), and those stay.
final class MemberThreads {
  private static final Logger LOGGER = LoggerFactory.getLogger(MemberThreads.class);

  /// Ratis' log writer looks once a second whether it is to end.
  private static final Duration BY_THEMSELVES = Duration.ofSeconds(3);

  private static final Duration INTERRUPTED = Duration.ofSeconds(7);

  private final String member;
  private final ThreadGroup group;

  MemberThreads(String member) {
    this.member = member;
    this.group = new ThreadGroup("swarm-raft-" + member);
  }

  /// For the threads that the member begins.
  ThreadGroup group() {
    return group;
  }

  /// Waits for the end of the member's threads, which Ratis does not for all of them once it is
  /// closed; 10 s at most. One that becomes a follower while it closes never ends: its timer's
  /// thread begins after the timers were stopped, and it looks at its own role only, not whether
  /// the member lives (`FollowerState.shouldRun` in 3.3.0). It would hold the whole of the member
  /// for as long as the process lasts; it does end when interrupted.
  ///
  /// @param caller not waited for, nor is the thread that this runs on
  void end(Thread caller) {
    try {
      join(caller, BY_THEMSELVES);
      left(caller).forEach(Thread::interrupt);
      join(caller, INTERRUPTED);
      if (!left(caller).isEmpty()) {
        LOGGER.warn("{}: these threads have not ended: {}", member, left(caller));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void join(Thread caller, Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    for (Thread each : left(caller)) {
      Duration rest = Duration.ofNanos(deadline - System.nanoTime());
      if (rest.isPositive()) {
        var _ = each.join(rest);
      }
    }
  }

  private List<Thread> left(Thread caller) {
    Thread[] found = new Thread[group.activeCount() + 16];
    int count = group.enumerate(found, true);
    return Stream.of(found)
        .limit(count)
        .filter(Thread::isAlive)
        .filter(each -> each.getName().startsWith(member))
        .filter(each -> !each.equals(caller) && !each.equals(Thread.currentThread()))
        .toList();
  }
}
