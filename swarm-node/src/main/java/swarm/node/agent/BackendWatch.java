package swarm.node.agent;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.network.balance.EndedEndpoints;
import swarm.network.balance.Hints;
import swarm.network.balance.SilentHosts;
import swarm.network.gossip.Gossip;
import swarm.network.gossip.Member;
import swarm.network.gossip.Opinion;
import swarm.network.gossip.Standing;
import swarm.node.rpc.HostProbe;

/// Hears from gossip which backends are dead before any manager has decided, and tells the others
/// of this node's own. Decides nothing: what it heard goes to whoever leads callers. One thread.
final class BackendWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BackendWatch.class);

  /// How often own ends are looked at whether they still must be told.
  private static final long OWN_MILLIS = 1_000;

  private final Gossip gossip;
  private final Self self;
  private final Supplier<List<Member>> members;
  private final Supplier<Map<String, String>> dataPaths;
  private final Predicate<String> waiting;
  private final Consumer<Hints> heed;
  private final SilentHosts silent = new SilentHosts(); // the thread's
  private final EndedEndpoints ended = new EndedEndpoints(); // likewise
  private final Thread thread = Thread.ofVirtual().name("backend-watch").unstarted(this::run);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // guarded by lock
  private boolean woken;
  private final OwnEnded own = new OwnEnded();
  private final ArrayDeque<Answer> answers = new ArrayDeque<>(); // one for each probe under way

  /// @param dataPath this host's address for the traffic of containers
  /// @param clusterPort where other hosts are probed: whoever answers or refuses is there
  record Self(String id, String dataPath, int clusterPort) {}

  private record Answer(String member, SilentHosts.Answer answer, long asked) {}

  /// @param members who takes part in gossip, as managers said last
  /// @param dataPaths where their hosts take what is for containers, by their ids
  /// @param waiting whether managers have yet to keep the end of a task of this node
  /// @param heed told what was heard, whenever that has changed; must not wait
  BackendWatch(
      Gossip gossip,
      Self self,
      Supplier<List<Member>> members,
      Supplier<Map<String, String>> dataPaths,
      Predicate<String> waiting,
      Consumer<Hints> heed) {
    this.gossip = gossip;
    this.self = self;
    this.members = members;
    this.dataPaths = dataPaths;
    this.waiting = waiting;
    this.heed = heed;
    gossip.onNews(this::wake);
    thread.start();
  }

  /// A task of this node takes no more calls, though managers have not said so. Any thread may
  /// call.
  void ended(String taskId) {
    lock.lock();
    try {
      if (own.add(taskId, Gossip.now())) {
        wake();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Looks again; does not wait. Any thread may call.
  void wake() {
    lock.lock();
    try {
      woken = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    Hints last = Hints.NONE;
    List<String> told = List.of();
    try {
      while (true) {
        List<String> mine = new ArrayList<>();
        for (Answer each : await(mine)) {
          silent.answered(each.member(), each.answer(), each.asked(), Gossip.now());
        }
        if (!mine.equals(told)) {
          told = mine;
          gossip.tell(mine);
        }
        Hints next = heard(mine);
        if (!next.equals(last)) {
          if (!next.silentHosts().equals(last.silentHosts())) {
            LOG.info("hosts that new calls are led past: {}", next.silentHosts());
          }
          last = next;
          heed.accept(next);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  /// Waits until there is something to look at.
  ///
  /// @param mine where those of this node go that the others are to hear of
  private List<Answer> await(List<String> mine) throws InterruptedException {
    lock.lock();
    try {
      long end = Math.min(silent.nextProbe().orElse(Long.MAX_VALUE), ownEnd());
      while (!woken && Gossip.now() < end) {
        if (end == Long.MAX_VALUE) {
          changed.await();
        } else {
          var _ = changed.await(end - Gossip.now(), TimeUnit.MILLISECONDS);
        }
      }
      woken = false;
      mine.addAll(own.tell(waiting, Gossip.now()));
      var all = List.copyOf(answers);
      answers.clear();
      return all;
    } finally {
      lock.unlock();
    }
  }

  /// Guarded by the lock.
  private long ownEnd() {
    return own.any() ? Gossip.now() + OWN_MILLIS : Long.MAX_VALUE;
  }

  private Hints heard(List<String> mine) {
    var hosts = new HashMap<String, String>();
    members.get().forEach(member -> hosts.put(member.id(), member.address()));
    var paths = new HashMap<>(hosts);
    paths.keySet().forEach(id -> paths.computeIfPresent(id, dataPaths.get()::getOrDefault));
    paths.put(self.id(), self.dataPath());
    var doubts = new TreeMap<String, SilentHosts.Doubt>();
    for (Map.Entry<String, Opinion> each : gossip.opinions().entrySet()) {
      Standing standing = each.getValue().standing();
      if (standing == Standing.SUSPECT || standing == Standing.DEAD) {
        doubts.put(
            each.getKey(),
            new SilentHosts.Doubt(each.getValue().accusers(), standing == Standing.DEAD));
      }
    }
    long now = Gossip.now();
    silent.look(doubts, now);
    for (String member : silent.toProbe(now)) {
      String host = hosts.getOrDefault(member, "");
      Thread.ofVirtual().name("probe-" + member).start(() -> probe(member, host, now));
    }
    var said = new TreeMap<>(gossip.ended());
    said.put(self.id(), mine);
    return new Hints(
        silent.silent().stream().filter(paths::containsKey).map(paths::get).toList(),
        ended.learn(said, paths));
  }

  private void probe(String member, String host, long asked) {
    try {
      SilentHosts.Answer answer =
          switch (HostProbe.ask(host, self.clusterPort())) {
            case ANSWERED -> SilentHosts.Answer.ANSWERED;
            case REFUSED -> SilentHosts.Answer.REFUSED;
            case SILENT -> SilentHosts.Answer.SILENT;
          };
      lock.lock();
      try {
        answers.add(new Answer(member, answer, asked));
        wake();
      } finally {
        lock.unlock();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    gossip.onNews(() -> {});
    thread.interrupt();
  }
}
