package swarm.raft.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.util.MD5FileUtil;
import swarm.raft.log.DamagedFileException;
import swarm.raft.log.Member;
import swarm.raft.log.StateMachine;
import swarm.raft.log.StateMachine.SnapshotWriter;
import swarm.raft.seal.Seal;

/// Begins a new log with a state that is there already: one member, one snapshot, no entries. The
/// member is then opened with [swarm.raft.log.Start.Restart], leads by itself, and is joined by
/// others as in any log.
///
/// What it is made from stays untouched, and what it makes is good only once it is whole: the
/// caller points to the new directory then, and removes one that a crash left unfinished.
public final class NewLog {

  private NewLog() {}

  /// Where a log stands.
  ///
  /// @param term the newest that was heard of
  /// @param index of the last entry
  public record Position(long term, long index) {}

  /// Brings a state machine to where the remains of another log end: its newest snapshot and
  /// **every** entry after it that is whole. A member cannot know which of its last entries were
  /// acknowledged (the leader that knew is gone), and none that was must be lost.
  ///
  /// @param remains the directory of a member that is closed; only read
  /// @param clusterId as the member was opened with
  /// @param machine empty
  /// @param seal the key of that log
  /// @throws DamagedFileException where the remains are not what was written
  public static Position replay(Path remains, String clusterId, StateMachine machine, Seal seal)
      throws IOException {
    MemberDisk disk = MemberDisk.of(remains, RatisLog.groupId(clusterId).getUuid().toString());
    Optional<SnapshotFiles.Snapshot> snapshot = disk.newestSnapshot();
    long[] at = {votedIn(disk.vote()), -1};
    if (snapshot.isPresent()) {
      SnapshotFiles.Snapshot found = snapshot.get();
      try (InputStream in =
          SnapshotStreams.reading(Files.newInputStream(found.path()), seal, _ -> {})) {
        machine.restore(in);
      }
      at[0] = Math.max(at[0], found.term());
      at[1] = found.index();
    }
    OptionalLong covered =
        snapshot.isPresent() ? OptionalLong.of(snapshot.get().index()) : OptionalLong.empty();
    CommitMark.LogEnd end =
        disk.entries(
            covered,
            entry -> {
              if (entry.getIndex() <= at[1]) {
                return;
              }
              at[0] = Math.max(at[0], entry.getTerm());
              at[1] = entry.getIndex();
              if (entry.hasStateMachineLogEntry()) {
                MachineAdapter.apply(entry, open(entry, seal, disk), machine);
              }
            });
    disk.checkEnd(end, CommitMark.load(remains));
    return new Position(at[0], at[1]);
  }

  private static Envelope open(LogEntryProto entry, Seal seal, MemberDisk disk) throws IOException {
    try {
      return MachineAdapter.open(entry, seal);
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "Entry "
              + entry.getIndex()
              + " in "
              + disk.current()
              + " cannot be opened ("
              + e.getMessage()
              + "): is this the cluster's key?",
          e);
    }
  }

  private static long votedIn(Path file) throws IOException {
    return Files.exists(file) ? Metadata.vote(file, Files.readAllBytes(file)).term() : 0;
  }

  /// Writes the new log; durable when this returns.
  ///
  /// @param directory of the new member; empty or missing
  /// @param self the only member, under an id that was never used: to members of the log that the
  ///   state comes from it is a stranger, and they are to it
  /// @param state what the log begins with
  /// @param at what `state` has applied; the log goes on in later terms and with later indexes
  /// @throws IOException where the directory holds a member, or cannot be written
  public static void write(
      Path directory, String clusterId, Member self, SnapshotWriter state, Position at, Seal seal)
      throws IOException {
    if (at.index() < 0) {
      throw new IOException("There is no state to begin the log with: nothing was ever written.");
    }
    if (Files.exists(directory)) {
      throw new IOException(directory + " exists already; remove it, or take another one.");
    }
    MemberDisk disk = MemberDisk.of(directory, RatisLog.groupId(clusterId).getUuid().toString());
    Files.createDirectories(disk.current());
    Files.createDirectories(disk.snapshots());
    writeSnapshot(disk.snapshots(), state, at, seal);
    Files.write(disk.configuration(), configuration(self, at).toByteArray());
    Files.writeString(
        disk.vote(), "term=" + at.term() + "\nvotedFor=\n", StandardCharsets.ISO_8859_1);
    Disk.flushTree(directory);
    MemberFile.claim(directory, clusterId, self); // last: the others are there
    Disk.flushDirectory(directory.resolveSibling("."));
  }

  private static void writeSnapshot(Path folder, SnapshotWriter state, Position at, Seal seal)
      throws IOException {
    Path file =
        folder.resolve(SimpleStateMachineStorage.getSnapshotFileName(at.term(), at.index()));
    MessageDigest md5 = MD5FileUtil.newMD5();
    try (OutputStream out =
        SnapshotStreams.writing(
            new DigestOutputStream(Files.newOutputStream(file), md5), seal, _ -> {})) {
      state.write(out);
    }
    MD5FileUtil.saveMD5File(file.toFile(), MD5Hash.newInstance(md5.digest()));
  }

  private static LogEntryProto configuration(Member self, Position at) {
    return LogEntryProto.newBuilder()
        .setTerm(at.term())
        .setIndex(at.index())
        .setConfigurationEntry(
            RaftConfigurationProto.newBuilder().addPeers(Node.peer(self).getRaftPeerProto()))
        .build();
  }
}
