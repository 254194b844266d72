package swarm.raft.engine;

import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import swarm.raft.log.Member;
import swarm.raft.log.Start;

/// How to open a member of the replicated log.
///
/// @param directory of this member alone; made where it is missing
/// @param clusterId names the log; all members give the same
/// @param self this member. After a [Start.Restart] the address may be another one than the others
///   know, but they go on using theirs
/// @param start whether the directory must be empty or full
/// @param onFatal told once, on a thread of its own, when this member can go on no longer (its
///   state machine threw, its disk failed): it has stopped, close it and end the process
/// @param onRemoved told, on a thread of its own, when this member found out that it belongs to the
///   log no more
/// @param onFlush told how many nanoseconds each flush of the log took, on the thread that flushed:
///   must return at once
/// @param onSnapshotThread run once on the thread that writes snapshots, before the first: the
///   place to give it another priority
public record LogOptions(
    Path directory,
    String clusterId,
    Member self,
    Start start,
    Timing timing,
    Limits limits,
    Consumer<Throwable> onFatal,
    Runnable onRemoved,
    LongConsumer onFlush,
    Runnable onSnapshotThread) {

  /// With [Limits#defaults] and nobody told of a fatal end, which is logged in any case.
  public LogOptions(Path directory, String clusterId, Member self, Start start, Timing timing) {
    this(
        directory,
        clusterId,
        self,
        start,
        timing,
        Limits.defaults(),
        _ -> {},
        () -> {},
        _ -> {},
        () -> {});
  }

  public LogOptions withLimits(Limits next) {
    return with(draft -> draft.limits = next);
  }

  public LogOptions withOnFatal(Consumer<Throwable> next) {
    return with(draft -> draft.onFatal = next);
  }

  public LogOptions withOnRemoved(Runnable next) {
    return with(draft -> draft.onRemoved = next);
  }

  public LogOptions withOnFlush(LongConsumer next) {
    return with(draft -> draft.onFlush = next);
  }

  public LogOptions withOnSnapshotThread(Runnable next) {
    return with(draft -> draft.onSnapshotThread = next);
  }

  private LogOptions with(Consumer<Draft> change) {
    var draft = new Draft();
    change.accept(draft);
    return draft.finished();
  }

  /// What has a default, so that a change names only what it changes.
  private final class Draft {
    private Limits limits = LogOptions.this.limits;
    private Consumer<Throwable> onFatal = LogOptions.this.onFatal;
    private Runnable onRemoved = LogOptions.this.onRemoved;
    private LongConsumer onFlush = LogOptions.this.onFlush;
    private Runnable onSnapshotThread = LogOptions.this.onSnapshotThread;

    private LogOptions finished() {
      return new LogOptions(
          directory,
          clusterId,
          self,
          start,
          timing,
          limits,
          onFatal,
          onRemoved,
          onFlush,
          onSnapshotThread);
    }
  }
}
