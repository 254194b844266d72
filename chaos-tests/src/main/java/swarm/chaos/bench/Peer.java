package swarm.chaos.bench;

import java.io.IOException;
import java.nio.file.Path;

/// A cluster of hosts 1 to 3 that is measured.
interface Peer {
  /// The unix socket of a host's API.
  Path socket(int host);

  /// The daemon's process number.
  long pid(int host) throws IOException;

  /// Pulls a host's cable.
  void cut(int host) throws IOException, InterruptedException;

  /// Plugs it in again.
  void mend(int host) throws IOException, InterruptedException;
}
