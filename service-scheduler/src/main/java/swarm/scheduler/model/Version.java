package swarm.scheduler.model;

import java.time.Instant;

/// When an object was last changed: the Raft index of the change (the `Version.Index` that the
/// API's updates must name) and the proposer's clock, which is for people to read only.
public record Version(long index, Instant createdAt, Instant updatedAt) {
  /// The version after a change at `index`.
  public Version next(long newIndex, Instant at) {
    return new Version(newIndex, createdAt, at);
  }
}
