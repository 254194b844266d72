package swarm.raft.engine;

import java.io.File;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.MD5FileUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.raft.log.StateMachine;
import swarm.raft.log.StateMachine.SnapshotWriter;
import swarm.raft.seal.Seal;

/// Writes, finds and reads snapshots, sealed, on Ratis' storage, so that Ratis can send them.
///
/// Ratis' own automatic snapshots are off: they stop applying until the snapshot is written,
/// minutes for a state of gigabytes. Here the state is frozen on the applying thread and written on
/// another; then the log up to it is purged.
final class Snapshots {
  private static final Logger LOGGER = LoggerFactory.getLogger(Snapshots.class);
  private static final String TEMPORARY = "writing.";
  private static final long PAUSE_AFTER_FAILURE_NANOS = Duration.ofMinutes(1).toNanos();

  private static final double MOST_PATIENCE = 1.5;

  private volatile SnapshotPolicy policy;
  private final Seal seal;
  private final DiskSpace space;
  private final LongConsumer purge;
  private final Consumer<Throwable> fatal;
  private final SnapshotStorage storage = new SnapshotStorage();
  private final ExecutorService writer;
  private final AtomicBoolean writing = new AtomicBoolean();
  private volatile boolean closed;
  private volatile long lastBytes; // of its file
  private volatile long lastStateBytes; // before they were compressed
  private volatile long failedAtNanos;
  private volatile boolean failed;
  private volatile @Nullable Path directory;

  // Touched by the applying thread only.
  private long entriesSince;
  private long bytesSince;
  private double patience = randomPatience();

  /// @param onThread run once on the thread that writes, before it does
  /// @param purge forgets the log up to an index
  /// @param fatal told of broken invariants
  Snapshots(
      String member,
      SnapshotPolicy policy,
      Seal seal,
      DiskSpace space,
      Runnable onThread,
      LongConsumer purge,
      Consumer<Throwable> fatal) {
    this.policy = policy;
    this.seal = seal;
    this.space = space;
    this.purge = purge;
    this.fatal = fatal;
    this.writer =
        Executors.newSingleThreadExecutor(
            task ->
                Thread.ofPlatform()
                    .daemon()
                    .name(member + "-snapshot")
                    .unstarted(
                        () -> {
                          onThread.run();
                          task.run();
                        }));
  }

  /// From now on; what is already on the disk beyond it goes with the next snapshot.
  void follow(SnapshotPolicy newPolicy) {
    policy = newPolicy;
  }

  SnapshotStorage storage() {
    return storage;
  }

  void open(RaftStorage ratisStorage) throws IOException {
    Path dir = ratisStorage.getStorageDir().getStateMachineDir().toPath();
    directory = dir;
    Files.createDirectories(dir);
    try (DirectoryStream<Path> leftOver = Files.newDirectoryStream(dir, TEMPORARY + "*")) {
      for (Path path : leftOver) {
        Files.delete(path);
      }
    }
    storage.init(ratisStorage);
  }

  /// Restores the newest snapshot, where there is one.
  ///
  /// @return what it covers
  @Nullable TermIndex restoreLatest(StateMachine machine) throws IOException {
    @Nullable SingleFileSnapshotInfo latest = storage.loadLatestSnapshot();
    if (latest == null) {
      return null;
    }
    Path path = latest.getFile().getPath();
    lastBytes = Files.size(path);
    lastStateBytes = lastBytes;
    try (InputStream in =
        SnapshotStreams.reading(Files.newInputStream(path), seal, size -> lastStateBytes = size)) {
      machine.restore(in);
    } catch (IOException e) {
      throw new IOException(
          "The snapshot "
              + path
              + " cannot be restored ("
              + e.getMessage()
              + "). Remove this member from the cluster and let it join again with an empty disk.",
          e);
    }
    entriesSince = 0;
    bytesSince = 0;
    return latest.getTermIndex();
  }

  /// Called on the applying thread after each entry.
  void applied(TermIndex at, long bytes, StateMachine machine) {
    entriesSince++;
    bytesSince += bytes;
    if (!policy.due(entriesSince, bytesSince, lastStateBytes, patience)
        || closed
        || recentlyFailed()) {
      return;
    }
    if (writing.compareAndSet(false, true)) {
      entriesSince = 0;
      bytesSince = 0;
      patience = randomPatience();
      SnapshotWriter frozen = machine.snapshot();
      writer.execute(() -> write(at, frozen));
    }
  }

  private static double randomPatience() {
    return ThreadLocalRandom.current().nextDouble(1, MOST_PATIENCE);
  }

  private boolean recentlyFailed() {
    return failed && System.nanoTime() - failedAtNanos < PAUSE_AFTER_FAILURE_NANOS;
  }

  @SuppressWarnings("Finally") // nothing is thrown from it
  private void write(TermIndex at, SnapshotWriter frozen) {
    try {
      store(at, frozen);
      failed = false;
      purge.accept(at.getIndex() - policy.keptEntries());
    } catch (IOException e) {
      failedAtNanos = System.nanoTime();
      failed = true;
      if (!closed && !DiskCare.isFull(e)) {
        fatal.accept(new IOException("A snapshot could not be written: is the disk broken?", e));
      } else if (!closed) {
        LOGGER.error(
            "The snapshot at {} could not be written, because the disk is full; the log grows until"
                + " one can. Make room; it is tried again in a minute.",
            at,
            e);
      }
    } catch (RuntimeException | Error e) {
      fatal.accept(e);
    } finally {
      writing.set(false);
    }
  }

  private void store(TermIndex at, SnapshotWriter frozen) throws IOException {
    if (!space.hasRoomFor(lastBytes + lastBytes / 4)) {
      throw new DiskCare.FullException(
          "The last snapshot has " + lastBytes + " bytes, and there is no room for another.");
    }
    Path dir = directory();
    File target = storage.getSnapshotFile(at.getTerm(), at.getIndex());
    Path temporary = dir.resolve(TEMPORARY + target.getName());
    // Ratis compares MD5 digests of what it sends. They guard against accidents; against malice
    // there is the seal.
    MessageDigest md5 = MD5FileUtil.newMD5();
    try {
      try (OutputStream out =
          SnapshotStreams.writing(
              new DigestOutputStream(new UntilClosed(Files.newOutputStream(temporary)), md5),
              seal,
              size -> lastStateBytes = size)) {
        frozen.write(out);
      }
      Disk.flush(temporary);
      MD5Hash digest = MD5Hash.newInstance(md5.digest());
      MD5FileUtil.saveMD5File(target, digest);
      Files.move(temporary, target.toPath(), StandardCopyOption.ATOMIC_MOVE);
      Disk.flushDirectory(dir);
      lastBytes = Files.size(target.toPath());
      storage.updateLatestSnapshot(
          new SingleFileSnapshotInfo(new FileInfo(target.toPath(), digest), at));
      LOGGER.info("Wrote the snapshot {} of {} bytes in {}.", at, lastStateBytes, lastBytes);
    } finally {
      Files.deleteIfExists(temporary);
    }
    storage.cleanupOldSnapshots(keep(policy.keptOld() + 1));
  }

  private static SnapshotRetentionPolicy keep(int count) {
    return new SnapshotRetentionPolicy() {
      @Override
      public int getNumSnapshotsRetained() {
        return count;
      }
    };
  }

  private Path directory() {
    Path dir = directory;
    if (dir == null) {
      throw new IllegalStateException("The storage is not open yet.");
    }
    return dir;
  }

  /// Stops; a snapshot that is being written is given up.
  void close() {
    closed = true;
    writer.shutdown();
    try {
      if (!writer.awaitTermination(10, TimeUnit.SECONDS)) {
        LOGGER.warn("A snapshot writer did not end within 10 s.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Ends a long write when the member is closed.
  private final class UntilClosed extends FilterOutputStream {
    UntilClosed(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (closed) {
        throw new IOException("The member is being closed.");
      }
      out.write(bytes, offset, length);
    }
  }
}
