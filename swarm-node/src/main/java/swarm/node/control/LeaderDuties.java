package swarm.node.control;

import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.raft.log.Leadership;

/// What acts only while this manager leads: begun with its term, and ended with it. Told by one
/// thread at a time, the one on which the log says who leads.
final class LeaderDuties {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderDuties.class);

  private final NodeMonitor monitor;
  private final ControlLoop loop;
  private final RoleKeeper roles;
  private final RootRotation rotation;
  private final SealKeyRotation sealKeys;
  private final LongAdder changes = new LongAdder();
  private long leadingTerm = -1;

  LeaderDuties(
      NodeMonitor monitor,
      ControlLoop loop,
      RoleKeeper roles,
      RootRotation rotation,
      SealKeyRotation sealKeys) {
    this.monitor = monitor;
    this.loop = loop;
    this.roles = roles;
    this.rotation = rotation;
    this.sealKeys = sealKeys;
  }

  /// How often this manager has begun or ceased to lead. Any thread may ask.
  long changes() {
    return changes.sum();
  }

  /// The log says who leads; the same may be said more than once.
  void changed(Leadership now) {
    if (now.ready() && leadingTerm != now.term()) {
      leadingTerm = now.term();
      changes.increment();
      LOG.info("leading in term {}", now.term());
      monitor.lead(now.term());
      loop.lead(now.term());
      roles.lead(true);
      rotation.lead(now.term());
      sealKeys.lead(now.term());
    } else if (!now.ready() && leadingTerm >= 0) {
      leadingTerm = -1;
      changes.increment();
      LOG.info("no longer leading");
      loop.follow();
      roles.lead(false);
      rotation.follow();
      sealKeys.follow();
      monitor.follow();
    }
  }
}
