package swarm.raft.engine;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import swarm.raft.log.StateMachine;
import swarm.raft.seal.Seal;

/// Our state machine as Ratis drives it: opens entries, keeps the fence, applies, restores.
///
/// Ratis applies and restores on one thread, its updater; before that thread runs, [#initialize]
/// restores on another. So the state machine is called by one thread at a time.
final class MachineAdapter extends BaseStateMachine {
  /// What the rest of the engine wants to hear.
  interface Events {
    /// Something about leadership or membership may have changed.
    void changed();

    /// This member can go on no longer.
    void fatal(Throwable cause);

    /// Applying an entry failed, and is about to throw; told on Ratis' updating thread.
    void applyFailed(Throwable cause);

    /// The others removed this member.
    void removed();
  }

  private final StateMachine machine;
  private final Seal seal;
  private final Snapshots snapshots;
  private final AppliedIndex applied;
  private final Events events;
  private volatile @Nullable RaftStorage storage;

  MachineAdapter(
      StateMachine machine, Seal seal, Snapshots snapshots, AppliedIndex applied, Events events) {
    this.machine = machine;
    this.seal = seal;
    this.snapshots = snapshots;
    this.applied = applied;
    this.events = events;
  }

  @Override
  public void initialize(RaftServer server, RaftGroupId group, RaftStorage ratisStorage)
      throws IOException {
    super.initialize(server, group, ratisStorage);
    storage = ratisStorage;
    getLifeCycle()
        .startAndTransition(
            () -> {
              snapshots.open(ratisStorage);
              restore();
            },
            IOException.class);
  }

  private void restore() throws IOException {
    @Nullable TermIndex restored = snapshots.restoreLatest(machine);
    if (restored != null) {
      setLastAppliedTermIndex(restored);
      applied.set(restored.getIndex());
    }
  }

  /// A snapshot from the leader is complete and about to be put in place: make it durable first,
  /// which Ratis does not.
  @Override
  public void pause() {
    if (getLifeCycleState() == LifeCycle.State.PAUSED) {
      return;
    }
    getLifeCycle().transition(LifeCycle.State.PAUSING);
    getLifeCycle().transition(LifeCycle.State.PAUSED);
    RaftStorage open = storage;
    try {
      if (open != null) {
        Disk.flushTree(open.getStorageDir().getTmpDir().toPath());
      }
    } catch (IOException e) {
      events.fatal(new IOException("A snapshot from the leader could not be made durable.", e));
    }
  }

  @Override
  public void reinitialize() throws IOException {
    RaftStorage open = storage;
    try {
      if (open != null) {
        Disk.flushDirectory(open.getStorageDir().getRoot().toPath());
      }
      restore();
    } catch (IOException | RuntimeException | Error e) {
      events.fatal(e);
      throw e;
    }
    getLifeCycle().transition(LifeCycle.State.STARTING);
    getLifeCycle().transition(LifeCycle.State.RUNNING);
    events.changed();
  }

  @Override
  public StateMachineStorage getStateMachineStorage() {
    return snapshots.storage();
  }

  @Override
  public TransactionContext startTransaction(RaftClientRequest request) throws IOException {
    TransactionContext context = super.startTransaction(request);
    return request.getMessage() instanceof Proposal proposal
        ? context.setStateMachineContext(proposal)
        : context;
  }

  @Override
  public TransactionContext preAppendTransaction(TransactionContext context) {
    if (context.getStateMachineContext() instanceof Proposal proposal) {
      proposal.markAppended();
    }
    return context;
  }

  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext context) {
    LogEntryProto entry = context.getLogEntry();
    try {
      Envelope envelope = open(entry, seal);
      Reply reply = apply(entry, envelope, machine);
      TermIndex at = TermIndex.valueOf(entry);
      updateLastAppliedTermIndex(at);
      applied.set(at.getIndex());
      snapshots.applied(at, envelope.command().length, machine);
      return CompletableFuture.completedFuture(
          Message.valueOf(UnsafeByteOperations.unsafeWrap(reply.encode())));
    } catch (GeneralSecurityException e) {
      throw stop(
          entry,
          new IllegalStateException(
              "Entry "
                  + entry.getIndex()
                  + " cannot be opened ("
                  + e.getMessage()
                  + "). Does this member have the cluster's key?",
              e));
    } catch (RuntimeException e) {
      throw stop(entry, e);
    } catch (Error e) {
      events.applyFailed(e);
      throw e;
    }
  }

  static Envelope open(LogEntryProto entry, Seal seal) throws GeneralSecurityException {
    byte[] sealed = entry.getStateMachineLogEntry().getLogData().toByteArray();
    return Envelope.decode(seal.open(sealed));
  }

  /// What an entry does to a state machine, on every member and whenever it is applied.
  static Reply apply(LogEntryProto entry, Envelope envelope, StateMachine machine) {
    if (!envelope.allowedIn(entry.getTerm())) {
      return new Reply.Fenced();
    }
    return new Reply.Applied(machine.apply(entry.getIndex(), entry.getTerm(), envelope.command()));
  }

  /// Throwing on makes Ratis stop applying for good.
  private RuntimeException stop(LogEntryProto entry, RuntimeException cause) {
    events.applyFailed(
        new IllegalStateException("Applying entry " + entry.getIndex() + " failed.", cause));
    return cause;
  }

  /// The entry that was applied last, of whichever kind.
  CommitMark mark() {
    TermIndex at = getLastAppliedTermIndex();
    return new CommitMark(at.getIndex(), at.getTerm());
  }

  @Override
  public void notifyTermIndexUpdated(long term, long index) {
    super.notifyTermIndexUpdated(term, index);
    applied.set(index);
    snapshots.applied(TermIndex.valueOf(term, index), 0, machine);
  }

  @Override
  public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
    events.changed();
  }

  @Override
  public void notifyConfigurationChanged(
      long term, long index, RaftConfigurationProto configuration) {
    events.changed();
  }

  @Override
  public void notifyLeaderReady() {
    events.changed();
  }

  @Override
  public void notifyNotLeader(Collection<TransactionContext> pending) {
    events.changed();
  }

  @Override
  public void notifyLogFailed(Throwable cause, LogEntryProto entry) {
    events.fatal(
        new IOException("The log cannot be written any more. Is the disk full or broken?", cause));
  }

  @Override
  public void notifyServerShutdown(RoleInfoProto role, boolean all) {
    if (!all) {
      events.removed();
    }
  }

  @Override
  public String toStateMachineLogEntryString(StateMachineLogEntryProto entry) {
    return "sealed command of " + entry.getLogData().size() + " bytes";
  }
}
