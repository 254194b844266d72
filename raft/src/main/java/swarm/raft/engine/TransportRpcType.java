package swarm.raft.engine;

import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.ServerFactory;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;

/// Tells Ratis to talk through our transport. Public with a public constructor because Ratis makes
/// it by its name; of no use to others.
public final class TransportRpcType implements RpcType {
  private static final String RPC = "swarm.raft.rpc";

  /// For Ratis only.
  public TransportRpcType() {}

  /// What hands `rpc` to the one server that is built with these parameters: several members may
  /// live in one process.
  static Parameters parameters(TransportRpc rpc) {
    Parameters parameters = new Parameters();
    parameters.put(RPC, rpc, TransportRpc.class);
    return parameters;
  }

  static void choose(RaftProperties properties) {
    RaftConfigKeys.Rpc.setType(properties, new TransportRpcType());
  }

  @Override
  public String name() {
    return TransportRpcType.class.getName();
  }

  @Override
  public ServerFactory newFactory(Parameters parameters) {
    return new Factory(this, parameters.getNonNull(RPC, TransportRpc.class));
  }

  private record Factory(TransportRpcType type, TransportRpc rpc) implements ServerFactory {
    @Override
    public RaftServerRpc newRaftServerRpc(RaftServer server) {
      return rpc;
    }

    @Override
    public LogAppender newLogAppender(
        RaftServer.Division server, LeaderState leader, FollowerInfo follower) {
      return new FollowerAppender(server, leader, follower, rpc);
    }

    @Override
    public RpcType getRpcType() {
      return type;
    }
  }
}
