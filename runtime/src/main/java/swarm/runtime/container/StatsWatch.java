package swarm.runtime.container;

import java.util.Optional;

/// What one container uses, about once a second. One thread reads; any closes. A slow reader gets
/// the newest value only.
public interface StatsWatch extends AutoCloseable {
  /// One look.
  ///
  /// @param stats empty where the container does not run
  record Sample(Optional<ContainerStats> stats) {}

  /// Waits for the next look.
  ///
  /// @return empty at the end: the container was removed, the watch or the engine closed
  Optional<Sample> next() throws InterruptedException;

  @Override
  void close();
}
