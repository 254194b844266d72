package swarm.node.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Map;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Ingress;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.Version;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.Command;

/// The command that a cluster begins with: `c1`, whose ingress network is 10.0.0.0/16, with the
/// manager `n1` at 192.0.2.1.
public final class Formed {
  private Formed() {}

  /// With nothing in its spec.
  public static Command at(Instant now) {
    return at(now, Wire.JSON.createObjectNode());
  }

  public static Command at(Instant now, JsonNode spec) {
    var version = new Version(1, now, now);
    return new Command.FormCluster(
        new Cluster(
            "c1",
            version,
            spec,
            "",
            "",
            new Cluster.Tokens("w", "m"),
            new Ingress("i", 0x0a000000, 16, 4096, 4789, now),
            30),
        new Node(
            "n1",
            version,
            new NodeSpec(null, null, "manager", "active", null),
            new Node.Description("h", "linux", "amd64", 1, 1, "1", Map.of()),
            new Node.Status(Node.State.READY, "", "192.0.2.1", now),
            null,
            0));
  }
}
