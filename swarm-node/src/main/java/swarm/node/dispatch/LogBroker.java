package swarm.node.dispatch;

import swarm.node.rpc.SessionMessages;

/// Who wants the logs of tasks that run on other nodes.
public final class LogBroker {
  private LogBroker() {}

  /// Takes what agents send of a subscription. Called on their calls' threads, one at a time per
  /// node; blocking holds that agent's messages back, which is how a slow reader slows the writers
  /// down.
  public interface Sink {
    void accept(String nodeId, SessionMessages.LogChunk chunk);

    /// The node's session ended: nothing more will come from it.
    void ended(String nodeId);
  }
}
