package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import swarm.raft.log.BarrierResult;
import swarm.raft.log.Leadership;
import swarm.raft.log.Member;
import swarm.raft.log.MembershipResult;
import swarm.raft.log.ProposeResult;
import swarm.raft.log.Start;
import swarm.raft.seal.AesGcmSeal;
import swarm.raft.seal.Seal;

/// Members of one log in one process.
public final class Cluster implements AutoCloseable {
  /// One member and what it has heard.
  public record Running(
      Member self,
      RatisLog log,
      ListMachine machine,
      List<Leadership> heard,
      CompletableFuture<Throwable> fatal,
      CompletableFuture<Void> removed) {

    public ProposeResult propose(String command) throws Exception {
      return Await.value(log.propose(command.getBytes(StandardCharsets.UTF_8)));
    }

    public BarrierResult barrier() throws Exception {
      return Await.value(log.readBarrier());
    }

    public boolean ready() {
      return log.leadership().ready();
    }
  }

  private final Path root;
  private final Limits limits;
  private final Timing timing;
  private final Wires wires = new Wires();
  private final Seal seal = AesGcmSeal.of(new byte[32]);
  private final Map<String, Running> running = new ConcurrentHashMap<>();

  public Cluster(Path root) {
    this(root, Limits.defaults());
  }

  public Cluster(Path root, Limits limits) {
    // Calmer than Timing.lan: test machines stall for longer than this takes.
    this(
        root,
        limits,
        new Timing(
            Duration.ofMillis(300),
            Duration.ofMillis(600),
            Duration.ofSeconds(3),
            Duration.ofSeconds(1)));
  }

  public Cluster(Path root, Limits limits, Timing timing) {
    this.root = root;
    this.limits = limits;
    this.timing = timing;
  }

  public Wires wires() {
    return wires;
  }

  public static Member member(String id) {
    return new Member(id, id + ":2377");
  }

  public Path directory(String id) {
    return root.resolve(id);
  }

  public Running open(String id, Start start) throws IOException {
    return open(member(id), start, seal);
  }

  public Running open(Member self, Start start, Seal itsSeal) throws IOException {
    ListMachine machine = new ListMachine();
    List<Leadership> heard = new CopyOnWriteArrayList<>();
    CompletableFuture<Throwable> fatal = new CompletableFuture<>();
    CompletableFuture<Void> removed = new CompletableFuture<>();
    RatisLog log =
        RatisLog.open(
            new LogOptions(directory(self.id()), "test", self, start, timing)
                .withLimits(limits)
                .withOnFatal(fatal::complete)
                .withOnRemoved(() -> removed.complete(null)),
            machine,
            wires.from(self.address()),
            itsSeal,
            heard::add);
    wires.plug(self.address(), log.inbound());
    Running member = new Running(self, log, machine, heard, fatal, removed);
    running.put(self.id(), member);
    return member;
  }

  /// Starts `ids`, the first as the beginning of the log, the others joining it.
  public Cluster start(String... ids) throws Exception {
    Running first = open(ids[0], new Start.Bootstrap());
    Await.until("the first leads", first::ready);
    for (int i = 1; i < ids.length; i++) {
      join(ids[i]);
    }
    return this;
  }

  public Running join(String id) throws Exception {
    Running joining = open(id, new Start.Join());
    MembershipResult result = Await.value(leader().log().addMember(joining.self()));
    assertThat(result).isInstanceOf(MembershipResult.Changed.class);
    return joining;
  }

  public void stop(String id) {
    Running stopping = get(id);
    running.remove(id);
    wires.unplug(stopping.self().address());
    stopping.log().close();
  }

  public Running get(String id) {
    return Objects.requireNonNull(running.get(id), id);
  }

  public Collection<Running> all() {
    return running.values();
  }

  public Running leader() {
    return leaderAmong(running.values());
  }

  /// The ready leader of the newest term among some members.
  public Running leaderAmong(Collection<Running> members) {
    Await.until(
        "a leader among " + members.stream().map(m -> m.self().id()).toList(),
        () -> members.stream().anyMatch(Running::ready));
    return members.stream()
        .filter(Running::ready)
        .max(Comparator.comparingLong(m -> m.log().leadership().term()))
        .orElseGet(() -> leaderAmong(members));
  }

  public List<Running> others(Running member) {
    return running.values().stream().filter(m -> !m.self().equals(member.self())).toList();
  }

  /// Proposes through whoever leads, until it is committed.
  public void commit(String command) {
    Await.until(
        command + " is committed",
        () -> {
          try {
            return leader().propose(command) instanceof ProposeResult.Committed;
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  public void awaitEqual() {
    Running leader = leader();
    Await.until(
        "all members have applied the same",
        () ->
            running.values().stream()
                .allMatch(m -> m.machine().commands().equals(leader.machine().commands())));
  }

  @Override
  public void close() {
    // All at once: closing one takes a second, and the others would elect leaders meanwhile.
    running.values().forEach(member -> wires.isolate(member.self().address()));
    try (ExecutorService closing = Executors.newVirtualThreadPerTaskExecutor()) {
      running.keySet().forEach(id -> closing.execute(() -> stop(id)));
    }
  }
}
