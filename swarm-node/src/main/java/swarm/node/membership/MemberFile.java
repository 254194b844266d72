package swarm.node.membership;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import swarm.scheduler.model.Wire;

/// What a node must know of its own membership before any manager can tell it.
///
/// @param raftId this disk's id in Raft; empty on a worker
/// @param listenHost where the cluster port listens
/// @param port of the cluster port
/// @param address this node's address towards the others
/// @param managers the managers known last
record MemberFile(
    String raftId, String listenHost, int port, String address, List<String> managers) {
  private static final String NAME = "member.json";

  static Optional<MemberFile> load(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    return Files.exists(file)
        ? Optional.of(Wire.JSON.readValue(file.toFile(), MemberFile.class))
        : Optional.empty();
  }

  void save(Path folder) throws IOException {
    Files.createDirectories(folder);
    Path fresh = folder.resolve(NAME + ".new");
    Files.write(fresh, Wire.JSON.writeValueAsBytes(this));
    Files.move(
        fresh,
        folder.resolve(NAME),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  MemberFile withManagers(List<String> now) {
    return new MemberFile(raftId, listenHost, port, address, now);
  }

  String self() {
    return address + ":" + port;
  }
}
