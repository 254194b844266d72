package swarm.node.membership;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import swarm.raft.log.DamagedFileException;

/// What this node's manager was, and cannot start without: its log and the keys to it, where either
/// is gone. Another manager can take it in anew; where none is known only the files themselves
/// help. Immutable.
///
/// @param file what is gone, or the first of both
/// @param what how, as part of a sentence
/// @param others `host:port` of the managers known last, without this one
record Lost(Path file, String what, List<String> others) {
  /// Looks at the disk.
  ///
  /// @return empty where nothing is gone, or this node was no manager
  static Optional<Lost> of(Path folder, MemberFile member) throws IOException {
    if (member.raftId().isEmpty()) {
      return Optional.empty();
    }
    Path log = member.log(folder);
    var files = new ArrayList<Path>();
    var how = new ArrayList<String>();
    if (!SealKeyFile.exists(folder)) {
      files.add(SealKeyFile.path(folder));
      how.add("gone");
    }
    if (!Folders.holdsAnything(log)) {
      files.add(log);
      how.add(Files.exists(log) ? "empty" : "gone");
    }
    if (files.isEmpty()) {
      return Optional.empty();
    }
    String what = "it is " + how.getFirst();
    if (files.size() > 1) {
      what += ", and " + files.getLast() + " is " + how.getLast();
    }
    return Optional.of(new Lost(files.getFirst(), what, member.others()));
  }

  /// Nobody is known who could take this manager in anew.
  boolean alone() {
    return others.isEmpty();
  }

  DamagedFileException damage() {
    return new DamagedFileException(file, what);
  }

  /// What this node waits for, for the user.
  String why() {
    return damage().getMessage()
        + ". This manager waits for another one to take it in anew: none of "
        + String.join(", ", others)
        + " has answered that has a leader. Its containers run on. Start those managers, or stop"
        + " this daemon, put the very same back from a copy, and start it again. Where neither can"
        + " be, go on with one of them ('swarm init --force-new-cluster' there), or with a backup"
        + " (docs/RECOVERY.md).";
  }
}
