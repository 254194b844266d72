package swarm.raft.engine;

import java.io.IOException;

/// What a member's folder holds, every byte of it looked at, as Ratis takes some damage for a log
/// that is merely shorter. Made before Ratis starts.
///
/// @param member whose folder it is
/// @param files Ratis' own
/// @param checksums of those that Ratis keeps without one
/// @param mark how far the log is known to reach
record CheckedDisk(MemberFile member, MemberDisk files, Checksums checksums, CommitMark mark) {
  /// Prepares the folder where it is to be a new one; else reads it.
  ///
  /// @param group what Ratis calls the folder that its files are in
  /// @throws swarm.raft.log.DamagedFileException where a file is not as it was written
  /// @throws IOException where the directory is not as `options.start()` needs it
  static CheckedDisk of(LogOptions options, String group) throws IOException {
    MemberFile member =
        MemberFile.prepare(
            options.directory(), options.clusterId(), options.self(), options.start());
    MemberDisk files = MemberDisk.of(options.directory(), group);
    var checksums = new Checksums(options.directory(), files);
    checksums.check();
    CommitMark mark = CommitMark.load(options.directory());
    files.check(mark);
    return new CheckedDisk(member, files, checksums, mark);
  }
}
