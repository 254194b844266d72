package swarm.chaos.check;

/// What a service is at a moment. Its versions are the cluster's to choose; a client learns one by
/// reading.
public sealed interface ServiceState {
  /// There is none.
  ///
  /// @param after what is created next has a later version than this
  record Absent(long after) implements ServiceState {}

  /// There is one whose version nobody has read.
  ///
  /// @param after its version is later than this
  record Written(String value, long after) implements ServiceState {}

  /// There is one whose version somebody has read.
  record Known(String value, long version) implements ServiceState {}
}
