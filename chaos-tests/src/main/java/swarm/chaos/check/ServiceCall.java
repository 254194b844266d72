package swarm.chaos.check;

/// What a client asks of a service, taken as a register: its value is a label. No two calls of a
/// history write the same value.
public sealed interface ServiceCall {
  /// The service's name.
  String service();

  /// `POST /services/create`.
  record Create(String service, String value) implements ServiceCall {}

  /// `GET /services/{name}`.
  record Read(String service) implements ServiceCall {}

  /// `POST /services/{name}/update?version=...`: compare and set.
  ///
  /// @param expected the value that the client read
  /// @param version the version that the client read with it
  /// @param value the new one
  record Update(String service, String expected, long version, String value)
      implements ServiceCall {}

  /// `DELETE /services/{name}`.
  record Remove(String service) implements ServiceCall {}
}
