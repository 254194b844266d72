package swarm.raft.engine;

import java.util.Arrays;
import java.util.Optional;

/// The types of messages between members, by the name that the transport carries.
enum Kind {
  VOTE("vote"),
  APPEND("append"),
  SNAPSHOT("snapshot"),
  START_ELECTION("start-election"),
  /// Which term are you in? See [LeaderCheck].
  TERM("term"),
  /// Asks the leader for its read index. See [Barrier].
  READ_INDEX("read-index");

  private final String wireName;

  Kind(String wireName) {
    this.wireName = wireName;
  }

  String wireName() {
    return wireName;
  }

  static Optional<Kind> of(String wireName) {
    return Arrays.stream(values()).filter(k -> k.wireName.equals(wireName)).findFirst();
  }
}
