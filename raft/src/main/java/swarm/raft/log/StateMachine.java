package swarm.raft.log;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// What the log's commands act upon. The log calls it from one thread at a time.
public interface StateMachine {
  /// Applies one command; must be deterministic and must not throw for any input: a throw is a
  /// broken invariant and stops the member loudly.
  ///
  /// @return the reply for the proposer (empty where there is none)
  byte[] apply(long index, long term, byte[] command);

  /// Freezes the present state, in constant time, and returns what writes it: writing happens on
  /// another thread while commands go on being applied.
  SnapshotWriter snapshot();

  /// Replaces the state by a snapshot that [SnapshotWriter#write] made, here or on another member.
  void restore(InputStream snapshot) throws IOException;

  /// A frozen state.
  @FunctionalInterface
  interface SnapshotWriter {
    void write(OutputStream out) throws IOException;
  }
}
