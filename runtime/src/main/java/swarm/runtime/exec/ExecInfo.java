package swarm.runtime.exec;

/// An exec at one moment. Immutable.
///
/// @param id 64 hexadecimal digits
/// @param containerId the container that it runs in
/// @param config what it was made from; after a restart of the daemon without its environment
/// @param state where it is in its life
/// @param pid host number of its process; 0 before it was started
/// @param exitCode once it has ended: its code, 128 + signal, 126 or 127 where it could not be
///   started, 255 where nobody knows; else 0
public record ExecInfo(
    String id, String containerId, ExecConfig config, State state, int pid, int exitCode) {
  /// Where an exec is in its life.
  public enum State {
    /// Made, not started yet.
    CREATED,
    /// Being started, or running.
    RUNNING,
    /// Over, or never come to life.
    ENDED
  }
}
