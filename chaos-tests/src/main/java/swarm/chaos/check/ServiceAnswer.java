package swarm.chaos.check;

/// What the API answers to a [ServiceCall], where it answers with certainty.
public sealed interface ServiceAnswer {
  /// Created, updated or removed.
  record Done() implements ServiceAnswer {}

  /// What was read.
  ///
  /// @param value of the label
  /// @param version `Version.Index`
  record Found(String value, long version) implements ServiceAnswer {}

  /// There is no service of this name (404), which refuses an update or a removal.
  record Absent() implements ServiceAnswer {}

  /// Not done: a service of this name exists already (409), or has another version than the update
  /// names (500, "update out of sequence").
  record Conflict() implements ServiceAnswer {}
}
