package swarm.node.membership;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
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
  record Damaged(String what, Was was) implements Standby {
    /// What the node was, which decides about the remedy.
    enum Was {
      WORKER(
          "Run 'swarm leave --force' here and join again with the token that 'swarm join-token"
              + " worker' prints on a manager; 'swarm node rm --force' there removes what this node"
              + " was."),
      MANAGER(
          "Everything is on the other managers: run 'swarm leave --force' here, join again with the"
              + " token that 'swarm join-token manager' prints on another manager, and run 'swarm"
              + " node rm --force' there for what this node was (where it is still a manager:"
              + " 'swarm node demote' first). Where there is no other manager: 'swarm leave --force'"
              + " and 'swarm restore FILE' with a backup."),
      /// It knows no other manager: nobody else has what is lost, and leaving would give it up.
      ONLY_MANAGER(
          "It knows no other manager that has what is lost: stop the daemon, put the very same back"
              + " from a copy, and start it again. Where there is no copy: 'swarm leave --force' and"
              + " 'swarm restore FILE' with a backup (docs/RECOVERY.md).");

      private final String remedy;

      Was(String remedy) {
        this.remedy = remedy;
      }

      /// As the files say that can be read.
      static Was of(Path folder) {
        try {
          Optional<MemberFile> member = MemberFile.load(folder);
          if (member.isPresent() && !member.get().raftId().isEmpty()) {
            return member.get().others().isEmpty() ? ONLY_MANAGER : MANAGER;
          }
          return member.isPresent() || !MemberFile.holdsLog(folder) ? WORKER : MANAGER;
        } catch (DamagedFileException _) {
          return MemberFile.holdsLog(folder) ? MANAGER : WORKER; // there may be other managers
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }

    static Damaged by(DamagedFileException e, Was was) {
      return new Damaged(String.valueOf(e.getMessage()), was);
    }

    @Override
    public String why() {
      return what
          + ". This node does not take part in its cluster until that is put right; its containers"
          + " run on. "
          + was.remedy;
    }

    @Override
    public String state() {
      return "error";
    }
  }
}
