package swarm.raft.transport;

import java.io.IOException;

/// Where a transport delivers what other members sent. Blocks until the answer is there: call it on
/// a virtual thread.
@FunctionalInterface
public interface RaftInbound {
  byte[] handle(String kind, byte[] request) throws IOException;
}
