package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.Api;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Json;
import swarm.cli.client.Target;
import swarm.cli.spec.ClusterSettings;
import swarm.cli.spec.InvalidValueException;

/// `swarm init`, `join`, `leave`, `join-token` and `update`: this node and its cluster.
public final class SwarmCommands {
  private SwarmCommands() {}

  public static CommandSpec init() {
    return cluster(
            Cmd.named("init", "Initialize a swarm")
                .text("--advertise-addr", "string", "Advertised address (IP or interface, :PORT)")
                .text("--listen-addr", "node-addr", "Listen address (default 0.0.0.0:2377)")
                .text("--data-path-addr", "string", "Address or interface for overlay traffic")
                .text("--data-path-port", "uint32", "Port for overlay traffic (default 4789)")
                .list("--default-addr-pool", "ipNet", "Default address pool in CIDR format")
                .text("--default-addr-pool-mask-length", "uint32", "Subnet mask length (24)")
                .text("--availability", "string", "\"active\", \"pause\" or \"drain\"")
                .flag("--force-new-cluster", "Force create a new cluster from current state"))
        .example("swarm init --advertise-addr 192.168.99.100")
        .runs(SwarmCommands::init);
  }

  private static Cmd cluster(Cmd cmd) {
    return cmd.flag("--autolock", "Enable manager autolocking (requiring an unlock key)")
        .text("--cert-expiry", "duration", "Validity of node certificates (default 2160h0m0s)")
        .list("--external-ca", "external-ca", "Certificate signing endpoints")
        .text("--dispatcher-heartbeat", "duration", "Dispatcher heartbeat period (default 5s)")
        .text("--election-timeout", "duration", "Silence of a leader before an election (400ms)")
        .text("--lease", "duration", "How long a node without its daemon keeps its tasks (30s)")
        .text("--max-snapshots", "uint", "Number of additional Raft snapshots to retain")
        .text("--snapshot-interval", "uint", "Log entries between Raft snapshots (10000)")
        .text("--task-history-limit", "int", "Task history retention limit (default 5)");
  }

  private static int init(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    ObjectNode body = Json.object();
    body.put(
        "ListenAddr", call.given("--listen-addr") ? call.text("--listen-addr") : "0.0.0.0:2377");
    body.put("AdvertiseAddr", call.text("--advertise-addr"));
    body.put("DataPathAddr", call.text("--data-path-addr"));
    if (call.given("--data-path-port")) {
      body.put("DataPathPort", call.number("--data-path-port"));
    }
    if (call.given("--default-addr-pool")) {
      call.list("--default-addr-pool").forEach(body.putArray("DefaultAddrPool")::add);
    }
    if (call.given("--default-addr-pool-mask-length")) {
      body.put("SubnetSize", call.number("--default-addr-pool-mask-length"));
    }
    body.put("ForceNewCluster", call.flag("--force-new-cluster"));
    body.put("AutoLockManagers", call.flag("--autolock"));
    body.put("Availability", call.text("--availability"));
    ClusterSettings.apply(body.putObject("Spec"), call);
    Api api = call.api();
    String node = api.post(Target.of("/swarm/init"), body).asText();
    call.out().println("Swarm initialized: current node (" + node + ") is now a manager.\n");
    call.terminal().flush();
    printJoin(call, node, "worker");
    call.out()
        .println(
            "To add a manager to this swarm, run 'swarm join-token manager' and follow the"
                + " instructions.\n");
    if (call.flag("--autolock")) {
      RecoveryCommands.printUnlock(call);
    }
    if (call.given("--advertise-addr")) {
      SystemCommands.warnings(call, api.get(Target.of("/info"))); // it may not lead to this host
    }
    return 0;
  }

  private static void printJoin(Invocation call, String node, String role)
      throws IOException, DaemonException {
    JsonNode self = call.api().get(Target.of("/nodes", node));
    JsonNode swarm = call.api().get(Target.of("/swarm"));
    call.out()
        .println(
            "To add a "
                + role
                + " to this swarm, run the following command:\n\n    swarm join --token "
                + token(swarm, role)
                + " "
                + self.at("/ManagerStatus/Addr").asText()
                + "\n");
  }

  private static String token(JsonNode swarm, String role) {
    return swarm.at("/JoinTokens/" + (role.equals("worker") ? "Worker" : "Manager")).asText();
  }

  public static CommandSpec join() {
    return Cmd.named("join", "Join a swarm as a node and/or manager")
        .arguments("HOST:PORT", 1, 1)
        .text("--token", "string", "Token for entry into the swarm")
        .text("--advertise-addr", "string", "Advertised address (IP or interface, :PORT)")
        .text("--listen-addr", "node-addr", "Listen address (default 0.0.0.0:2377)")
        .text("--data-path-addr", "string", "Address or interface for overlay traffic")
        .text("--availability", "string", "\"active\", \"pause\" or \"drain\"")
        .example("swarm join --token SWMTKN-1-... 192.168.99.100:2377")
        .runs(SwarmCommands::join);
  }

  private static int join(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    if (!call.given("--token")) {
      throw new InvalidValueException(
          "--token is required; 'swarm join-token worker' on a manager prints it");
    }
    ObjectNode body = Json.object();
    body.put(
        "ListenAddr", call.given("--listen-addr") ? call.text("--listen-addr") : "0.0.0.0:2377");
    body.put("AdvertiseAddr", call.text("--advertise-addr"));
    body.put("DataPathAddr", call.text("--data-path-addr"));
    body.put("JoinToken", call.text("--token"));
    body.put("Availability", call.text("--availability"));
    call.arguments().forEach(body.putArray("RemoteAddrs")::add);
    call.api().post(Target.of("/swarm/join"), body);
    JsonNode info = call.api().get(Target.of("/info"));
    boolean manager = info.at("/Swarm/ControlAvailable").asBoolean();
    call.out().println("This node joined a swarm as a " + (manager ? "manager." : "worker."));
    if (call.given("--advertise-addr")) {
      SystemCommands.warnings(call, info); // it may not lead to this host
    }
    return 0;
  }

  public static CommandSpec leave() {
    return Cmd.named("leave", "Leave the swarm")
        .flag("-f --force", "Force this node to leave the swarm, ignoring warnings")
        .example("swarm leave")
        .runs(
            call -> {
              String left =
                  call.api()
                      .post(Target.of("/swarm/leave").withFlag("force", call.flag("--force")))
                      .path("Warning")
                      .asText("");
              call.out().println("Node left the swarm.");
              if (!left.isEmpty()) {
                call.err().println("WARNING: " + left);
              }
              return 0;
            });
  }

  public static CommandSpec joinToken() {
    return Cmd.named("join-token", "Manage join tokens")
        .arguments("(worker|manager)", 1, 1)
        .flag("-q --quiet", "Only display token")
        .flag("--rotate", "Rotate join token")
        .example("swarm join-token -q worker")
        .runs(SwarmCommands::joinToken);
  }

  private static int joinToken(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    String role = call.arguments().getFirst();
    if (!role.equals("worker") && !role.equals("manager")) {
      throw new InvalidValueException("unknown role " + role + "; use worker or manager");
    }
    Api api = call.api();
    JsonNode swarm = api.get(Target.of("/swarm"));
    if (call.flag("--rotate")) {
      String rotated = role.equals("worker") ? "rotateWorkerToken" : "rotateManagerToken";
      api.post(
          Target.of("/swarm/update")
              .with("version", swarm.at("/Version/Index").asLong())
              .with(rotated, "true"),
          swarm.path("Spec"));
      swarm = api.get(Target.of("/swarm"));
      if (!call.flag("--quiet")) {
        call.out().println("Successfully rotated " + role + " join token.\n");
      }
    }
    if (call.flag("--quiet")) {
      call.out().println(token(swarm, role));
    } else {
      printJoin(call, api.get(Target.of("/info")).at("/Swarm/NodeID").asText(), role);
    }
    return 0;
  }

  public static CommandSpec update() {
    return cluster(Cmd.named("update", "Update the swarm"))
        .example("swarm update --task-history-limit 10")
        .runs(SwarmCommands::update);
  }

  private static int update(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    JsonNode swarm = call.api().get(Target.of("/swarm"));
    ObjectNode spec = (ObjectNode) swarm.path("Spec");
    boolean locked = spec.at("/EncryptionConfig/AutoLockManagers").asBoolean();
    if (!ClusterSettings.apply(spec, call)) {
      throw new InvalidValueException(
          "nothing to update: give at least one option; 'swarm update --help' lists them");
    }
    call.api()
        .post(
            Target.of("/swarm/update").with("version", swarm.at("/Version/Index").asLong()), spec);
    call.out().println("Swarm updated.");
    if (!locked && call.flag("--autolock")) {
      RecoveryCommands.printUnlock(call);
    }
    return 0;
  }
}
