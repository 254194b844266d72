package swarm.node.membership;

import swarm.raft.log.DamagedFileException;

/// Why a node that is in a cluster takes no part in it now. Its containers run on.
public sealed interface Standby {
  /// What to tell the user.
  String why();

  /// Docker's `LocalNodeState`.
  String state();

  /// The keys on its disk are locked.
  record Locked() implements Standby {
    @Override
    public String why() {
      return "Swarm is encrypted and needs to be unlocked before it can be used. Please use"
          + " \"docker swarm unlock\" to unlock it.";
    }

    @Override
    public String state() {
      return "locked";
    }
  }

  /// A file on its disk is not what was written. Starting from it could lose what was promised to
  /// others.
  ///
  /// @param alone whether this node is the only manager that it knows: then nobody else has what is
  ///   lost, and leaving would give it up
  record Damaged(String what, boolean alone) implements Standby {
    private static final String REMEDY_ALONE =
        "It knows no other manager that has what is lost: stop the daemon, put the very same back"
            + " from a copy, and start it again. Where there is no copy: 'swarm leave --force' and"
            + " 'swarm restore FILE' with a backup (docs/RECOVERY.md).";

    private static final String REMEDY =
        "Everything is on the other managers: run 'swarm leave --force' here, join again"
            + " with the token that 'swarm join-token manager' prints on another manager, and run"
            + " 'swarm node rm --force' there for what this node was (where it is still a manager:"
            + " 'swarm node demote' first). Where there is no other manager:"
            + " 'swarm leave --force' and 'swarm restore FILE' with a backup.";

    static Damaged by(DamagedFileException e, boolean alone) {
      return new Damaged(String.valueOf(e.getMessage()), alone);
    }

    @Override
    public String why() {
      return what
          + ". This node does not take part in its cluster until that is put right; its containers"
          + " run on. "
          + (alone ? REMEDY_ALONE : REMEDY);
    }

    @Override
    public String state() {
      return "error";
    }
  }
}
