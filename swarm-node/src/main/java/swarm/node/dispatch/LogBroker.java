package swarm.node.dispatch;

import swarm.node.rpc.SessionMessages;

/// Who wants the logs of tasks that run on other nodes.
public final class LogBroker {
  private LogBroker() {}

  /// Takes what agents send of a subscription. Called on their calls' threads, one at a time per
  /// node. It must not block: the agent's heartbeats come behind the log.
  public interface Sink {
    /// @param resume lets an agent that pauses go on, once all before has been taken
    void accept(String nodeId, SessionMessages.LogChunk chunk, Runnable resume);

    /// Waits until more can be taken; called before [#accept] by who may be held back.
    default void awaitRoom() {}

    /// The node's session ended: nothing more will come from it.
    void ended(String nodeId);
  }
}
