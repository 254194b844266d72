package swarm.node.membership;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.control.Manager;
import swarm.node.control.SealKeyring;
import swarm.node.control.SealKeys;
import swarm.node.control.Store;
import swarm.node.identity.LiveIdentity;
import swarm.node.identity.RandomIds;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.Messages;
import swarm.raft.log.Start;

/// The manager of this node, while it is one: started, taken into the log, and ended. Calls come
/// one at a time ([Membership] holds its lock); reading never waits.
final class ManagerRole {
  private static final Logger LOG = LoggerFactory.getLogger(ManagerRole.class);

  /// What it works with.
  ///
  /// @param onFatal told of a broken invariant: the node must stop
  /// @param onRemoved told when the others took this manager out of the log
  /// @param news hears what the manager applies once it has caught up with the others
  /// @param keys what seals the keys on this node's disk
  /// @param resealing writes this node's identity anew, sealed with those
  record Parts(
      Path folder,
      LiveIdentity live,
      ClusterClient client,
      Clock clock,
      RandomIds ids,
      Consumer<Throwable> onFatal,
      Runnable onRemoved,
      Store.Watcher news,
      NodeKeys keys,
      LockWatch.Resealing resealing) {}

  /// A manager's way into the log that has not come to its end.
  private record Entering(Admission admission, Thread thread) {}

  private final Parts parts;
  private final CurrentHandler handler = new CurrentHandler();
  private volatile @Nullable Entering joining;
  private @Nullable LockWatch lockWatch;

  ManagerRole(Parts parts) {
    this.parts = parts;
  }

  /// What the cluster port answers with.
  CurrentHandler handler() {
    return handler;
  }

  Optional<Manager> manager() {
    return handler.manager();
  }

  /// Whether all is there that a manager starts with: its log, and the key to it. An empty folder
  /// is no log.
  static boolean startable(Path folder, MemberFile member) throws IOException {
    return !member.raftId().isEmpty() && Lost.of(folder, member).isEmpty();
  }

  private SealKeyring keyring(Start how) throws IOException {
    SealKeys keys =
        how instanceof Start.Bootstrap
            ? SealKeyFile.create(parts.folder(), parts.keys().protection(), parts.clock().instant())
            : SealKeyFile.read(parts.folder(), parts.keys().protection());
    return new SealKeyring(
        keys, next -> SealKeyFile.save(parts.folder(), next, parts.keys().protection()));
  }

  Manager start(MemberFile member, Start how) throws IOException {
    SealKeyring keyring = keyring(how);
    var manager =
        new Manager(
            new Manager.Settings(
                member.log(parts.folder()),
                parts.live().self(),
                member.raftId(),
                member.self(),
                member.port(),
                keyring,
                parts.onFatal(),
                parts.onRemoved()),
            how,
            parts.client(),
            parts.clock(),
            parts.ids());
    lockWatch =
        new LockWatch(
            manager.store(),
            parts.keys(),
            () -> {
              parts.resealing().reseal();
              keyring.keepAgain();
            },
            parts.onFatal());
    manager.tellNews(parts.news(), how instanceof Start.Bootstrap);
    handler.become(manager);
    return manager;
  }

  /// Brings the manager that was started into the log.
  Admission admission(Manager manager, MemberFile member, Supplier<List<String>> managers) {
    return new Admission(
        manager,
        parts.client(),
        new Messages.MemberRequest(parts.live().self().nodeId(), member.raftId(), member.self()),
        managers);
  }

  /// Waits until this node is in the log; what may be done but is not finished in time goes on
  /// behind the caller's back.
  ///
  /// @param refusal why the managers have refused this node for good; empty where they have not
  void enter(Admission admission, Supplier<Optional<String>> refusal)
      throws MembershipException, InterruptedException {
    switch (admission.within(Joining.LIMIT, refusal)) {
      case Admission.Progress.Entered _ -> {}
      case Admission.Progress.Refused refused -> throw notAdmitted(refused.why());
      case Admission.Progress.Outside outside -> throw notAdmitted(outside.why());
      case Admission.Progress.Open open -> {
        goOn(admission);
        throw tooSlow(open.why());
      }
    }
  }

  private static MembershipException notAdmitted(String why) {
    return new MembershipException(503, "this node could not become a manager: " + why);
  }

  private static MembershipException tooSlow(String why) {
    return new MembershipException(
        503,
        "Timeout was reached before node joined. The attempt to join the swarm will continue in"
            + " the background. Use the \"docker info\" command to see the current swarm status of"
            + " your node. ("
            + why
            + ")");
  }

  /// Goes on with an admission until it has come to its end, or this node is no manager any more.
  void goOn(Admission admission) {
    Thread thread = Thread.ofVirtual().name("admission").unstarted(() -> untilEntered(admission));
    joining = new Entering(admission, thread); // before the thread, which clears it at its end
    thread.start();
  }

  private void untilEntered(Admission admission) {
    try {
      admission.untilEntered();
      joining = null;
      LOG.info("this node is a manager now");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // it leaves, or the daemon stops
    }
  }

  boolean entering() {
    return joining != null;
  }

  /// Why this node is not yet what it is to be; empty where it is.
  Optional<String> pending() {
    Entering now = joining;
    return now == null
        ? Optional.empty()
        : Optional.of(
            switch (now.admission().progress()) {
              case Admission.Progress.Entered _ -> "becoming a manager";
              case Admission.Progress.Refused refused -> refused.why();
              case Admission.Progress.Outside outside -> outside.why();
              case Admission.Progress.Open open -> open.why();
            });
  }

  void endAdmission() {
    Entering now = joining;
    if (now != null) {
      now.thread().interrupt();
      joining = null;
    }
  }

  /// Ends this node's manager, where there is one; what is on its disk stays.
  void end() {
    endAdmission();
    LockWatch watch = lockWatch;
    if (watch != null) {
      watch.close();
      lockWatch = null;
    }
    Optional<Manager> ending = handler.manager();
    handler.become(null); // nothing is asked of it any more
    ending.ifPresent(Manager::close);
  }
}
