package swarm.raft.engine;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.raft.log.BarrierResult;
import swarm.raft.log.Leadership;
import swarm.raft.log.LeadershipListener;
import swarm.raft.log.Member;
import swarm.raft.log.MembershipResult;
import swarm.raft.log.ProposeResult;
import swarm.raft.log.ReplicatedLog;
import swarm.raft.log.StateMachine;
import swarm.raft.seal.Seal;
import swarm.raft.transport.RaftInbound;
import swarm.raft.transport.RaftTransport;

/// One member of the replicated log, on Apache Ratis.
///
/// The JVM needs `--sun-misc-unsafe-memory-access=allow` as long as Ratis' protobuf does.
public final class RatisLog implements ReplicatedLog {
  private static final Logger LOGGER = LoggerFactory.getLogger(RatisLog.class);

  private final LogOptions options;
  private final TransportRpc rpc;
  private final MemberThreads threads;
  private final ScheduledExecutorService timer;
  private final AppliedIndex applied = new AppliedIndex();
  private final DiskSpace space;
  private final CommitMarks marks;
  private final DiskCare care;
  private final Snapshots snapshots;
  private final Node node;
  private final Proposals proposals;
  private final Barrier barrier;
  private final Membership membership;
  private final LeadershipWatch watch;
  private final ElectionTimer election;
  private final Inbound inbound;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final FailStop failStop;

  /// Opens and starts a member. It answers others through [#inbound], which the transport's
  /// receiving side must be given before this member can be joined or elected.
  ///
  /// @param machine empty; it is restored from the newest snapshot before this returns, and entries
  ///   are applied to it as they are known to be committed
  /// @param seal the same key on all members
  /// @param listener may be called before this returns
  /// @throws swarm.raft.log.DamagedFileException where a file is not as it was written
  /// @throws IOException where the directory is not as `options.start()` needs it, or its contents
  ///   cannot be read or opened; the message says what to do
  public static RatisLog open(
      LogOptions options,
      StateMachine machine,
      RaftTransport transport,
      Seal seal,
      LeadershipListener listener)
      throws IOException {
    warmUp(seal);
    return Uninterrupted.call(
        options.self().id() + "-open",
        () -> {
          var disk = CheckedDisk.of(options, groupId(options.clusterId()).getUuid().toString());
          return started(new RatisLog(options, disk, machine, transport, seal, listener));
        });
  }

  private static RatisLog started(RatisLog log) throws IOException {
    try {
      log.start();
      return log;
    } catch (CompletionException e) {
      // Ratis starts on other threads and hands on what they threw.
      log.close();
      throw TransportRpc.asIOException(e.getCause());
    } catch (IOException | RuntimeException e) {
      log.close();
      throw e;
    }
  }

  /// Loads beside Ratis what the first start of a process spends a third of its time on: the JMX
  /// server, which Ratis registers with and which cannot be left out, and the cipher.
  private static void warmUp(Seal seal) {
    Thread.ofPlatform().daemon().start(ManagementFactory::getPlatformMBeanServer);
    Thread.ofPlatform().daemon().start(() -> seal.seal(new byte[0]));
  }

  private RatisLog(
      LogOptions options,
      CheckedDisk disk,
      StateMachine machine,
      RaftTransport transport,
      Seal seal,
      LeadershipListener listener)
      throws IOException {
    String name = options.self().id();
    this.options = options;
    this.failStop =
        new FailStop(name, closed::get, this::alive, this::stopServer, options.onFatal());
    this.threads = new MemberThreads(name);
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().group(threads.group()).name(name + "-log").factory());
    this.rpc = new TransportRpc(transport, options.timing().rpcTimeout(), timer);
    File folder = options.directory().toFile();
    this.space = new DiskSpace(DiskSpace.Levels.of(folder.getTotalSpace()), folder::getUsableSpace);
    this.snapshots =
        new Snapshots(
            name,
            options.limits().snapshots(),
            seal,
            space,
            options.onSnapshotThread(),
            this::purge,
            failStop::fail);
    RaftGroupId group = groupId(options.clusterId());
    RaftPeerId self = RaftPeerId.valueOf(name);
    MachineAdapter adapter =
        new MachineAdapter(machine, seal, snapshots, applied, new EngineEvents());
    this.marks = new CommitMarks(options.directory(), disk.files(), disk.mark(), adapter::mark);
    this.care =
        new DiskCare(name, disk.checksums(), marks, space, this::handOver, failStop::fail, timer);
    FlushTimes.listen(name, options.onFlush());
    RaftServer server = server(disk.member(), group, self, adapter);
    this.node = new Node(server, server.getDivision(group), group, self, ClientId.randomId());
    this.proposals =
        new Proposals(
            node, seal, options.limits(), space, options.timing().requestTimeout(), timer);
    var questions = new Questions(node, rpc);
    Duration limit = options.timing().requestTimeout();
    this.barrier = new Barrier(node, questions, applied, limit, timer);
    this.membership = new Membership(node, rpc, questions, limit, timer);
    this.watch =
        new LeadershipWatch(
            name,
            this::leadership,
            now -> {
              barrier.leadershipChanged();
              listener.changed(now);
            },
            timer);
    var newcomer = new Newcomer(node, options.timing().electionMax().multipliedBy(2));
    this.election = new ElectionTimer(node, rpc, space, options.timing(), timer);
    this.inbound = new Inbound(node, newcomer, election, space, this::followersReadIndex);
  }

  /// Whoever asks waits then until it has applied what it does not know to be committed yet.
  private CompletableFuture<Long> followersReadIndex() {
    return barrier.leaderReadIndex().whenComplete((_, _) -> rpc.tellCommitted());
  }

  private RaftServer server(
      MemberFile file, RaftGroupId group, RaftPeerId self, MachineAdapter adapter)
      throws IOException {
    // Only who began the log knows its first member. Everybody else learns the members from the
    // leader, and after that all find them on the disk.
    RaftGroup members =
        file.bootstrapped()
            ? RaftGroup.valueOf(group, Node.peer(options.self()))
            : RaftGroup.valueOf(group);
    return RaftServer.newBuilder()
        .setServerId(self)
        .setGroup(members)
        .setOption(RaftStorage.StartupOption.RECOVER)
        .setStateMachine(adapter)
        .setProperties(
            LogProperties.of(
                options.directory(), options.start(), options.timing(), options.limits()))
        .setParameters(TransportRpcType.parameters(rpc))
        .setThreadGroup(threads.group())
        .build();
  }

  static RaftGroupId groupId(String clusterId) {
    return RaftGroupId.valueOf(
        UUID.nameUUIDFromBytes(("swarm-raft:" + clusterId).getBytes(StandardCharsets.UTF_8)));
  }

  private void start() throws IOException {
    node.server().start();
    watch.start();
    election.start();
    care.start();
  }

  /// Where the transport delivers what other members sent to this one. Thread-safe.
  public RaftInbound inbound() {
    return inbound;
  }

  @Override
  public int maxCommandBytes() {
    return options.limits().maxCommandBytes();
  }

  @Override
  public CompletableFuture<ProposeResult> propose(byte[] command) {
    return proposals.propose(command, Envelope.NO_FENCE);
  }

  @Override
  public CompletableFuture<ProposeResult> proposeInTerm(byte[] command, long term) {
    if (term <= Envelope.NO_FENCE) {
      throw new IllegalArgumentException("Terms of leaders begin at 1, not " + term + ".");
    }
    return proposals.propose(command, term);
  }

  @Override
  public CompletableFuture<BarrierResult> readBarrier() {
    return barrier.read();
  }

  @Override
  public Leadership leadership() {
    return node.leadership();
  }

  @Override
  public List<Member> members() {
    return node.members();
  }

  @Override
  public CompletableFuture<MembershipResult> addMember(Member member) {
    return membership.add(member);
  }

  @Override
  public CompletableFuture<MembershipResult> removeMember(String memberId) {
    return membership.remove(memberId);
  }

  @Override
  public CompletableFuture<MembershipResult> transferLeadership(String memberId) {
    return membership.transfer(memberId);
  }

  @Override
  public Optional<String> impaired() {
    return space.why();
  }

  /// Lets another member lead, where this one does; some may be as full as this one.
  private void handOver() {
    for (Member member : members()) {
      if (!node.leads() || closed.get()) {
        return;
      }
      if (!member.id().equals(options.self().id())) {
        MembershipResult result = membership.transfer(member.id()).join();
        LOGGER.info("{}: handing leadership to {}: {}", options.self().id(), member, result);
      }
    }
  }

  /// Writes snapshots by another rule from now on. What is on the disk beyond it goes with the next
  /// snapshot. Thread-safe.
  public void keepSnapshots(SnapshotPolicy policy) {
    snapshots.follow(policy);
  }

  @Override
  public long appliedIndex() {
    return applied.get();
  }

  /// The last entry that a majority is known here to have; 0 where the log is closed.
  public long committedIndex() {
    return closed.get() ? 0 : Math.max(0, node.division().getRaftLog().getLastCommittedIndex());
  }

  /// The last entry in this member's log, committed or not; 0 where the log is closed.
  public long lastIndex() {
    return closed.get() ? 0 : Math.max(0, node.division().getRaftLog().getNextIndex() - 1);
  }

  private void purge(long index) {
    if (index >= 0 && !closed.get()) {
      var _ = node.division().getRaftLog().purge(index);
    }
  }

  private boolean alive() {
    return node.alive();
  }

  private void stopServer() {
    rpc.close();
    try {
      node.server().close();
    } catch (IOException e) {
      LOGGER.warn("{}: closing Ratis failed.", options.self().id(), e);
    }
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      Thread caller = Thread.currentThread();
      Uninterrupted.call(options.self().id() + "-close", () -> closeAll(caller));
    } catch (IOException e) {
      throw new IllegalStateException("closing throws no such thing", e);
    }
  }

  private boolean closeAll(Thread caller) {
    keepMark();
    stopServer();
    FlushTimes.unlisten(options.self().id());
    proposals.close();
    barrier.close();
    snapshots.close();
    timer.shutdownNow();
    care.close();
    threads.end(caller);
    return true;
  }

  /// A member that is stopped in peace knows where it ended.
  private void keepMark() {
    try {
      marks.keep();
    } catch (IOException e) {
      LOGGER.warn("{}: how far its log reaches could not be noted.", options.self().id(), e);
    }
  }

  /// What the state machine's adapter hears from Ratis.
  private final class EngineEvents implements MachineAdapter.Events {
    @Override
    public void changed() {
      @Nullable LeadershipWatch listening = watch;
      if (listening != null) { // Ratis may call before the constructor is through
        listening.poke();
      }
    }

    @Override
    public void fatal(Throwable cause) {
      failStop.fail(cause);
    }

    @Override
    public void applyFailed(Throwable cause) {
      failStop.applyFailed(cause);
    }

    @Override
    public void removed() {
      LOGGER.warn("Raft member {} was removed by the others.", options.self().id());
      Thread.ofPlatform().name(options.self().id() + "-removed").start(options.onRemoved());
    }
  }
}
