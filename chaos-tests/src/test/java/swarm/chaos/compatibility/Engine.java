package swarm.chaos.compatibility;

import java.nio.file.Path;
import java.util.List;
import swarm.chaos.client.DockerApi;

/// An engine on a test host, ours or Docker's.
interface Engine {
  /// What its API listens on.
  Path socket();

  DockerApi api();

  /// A command that runs on the engine's host.
  ProcessBuilder on(List<String> words);
}
