package swarm.chaos.multihost;

import static swarm.chaos.multihost.ClusterExtension.IMAGE;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import swarm.chaos.client.HttpCall;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.TestCluster;
import swarm.linux.NetworkNamespaces;

/// A service `web` with a task on every host, a published port and an address on the network
/// `front`, and a `client` on every host that calls it there. Each answer is the name of the
/// container that gave it.
///
/// @param virtual the address of `web`
record Serving(ClusterExtension extension, int hosts, String virtual) {
  static final int PORT = 8080;

  private static final Duration ANSWER = Duration.ofSeconds(1);
  private static final long SECONDS = 60;

  /// Makes it, and waits until all tasks run.
  static Serving begin(ClusterExtension extension) throws Exception {
    int hosts = extension.cluster().size();
    Shell docker = Shell.of(extension, Client.DOCKER);
    docker.ok("network", "create", "-d", "overlay", "front");
    for (String each :
        List.of(
            "--name web --publish " + PORT + ":80 " + IMAGE,
            "--name client " + IMAGE + " sleep 1000000")) {
      docker.ok(
          ("service create -d --no-resolve-image --stop-signal SIGKILL --mode global --network"
                  + " front "
                  + each)
              .split(" "));
    }
    extension.awaitRunning(1, "web", hosts, 0);
    extension.awaitRunning(1, "client", hosts, 0);
    String network = docker.ok("network", "inspect", "-f", "{{.Id}}", "front").strip();
    String virtual =
        extension
            .cluster()
            .api(1)
            .get("/services/web")
            .at("/Endpoint/VirtualIPs")
            .valueStream()
            .filter(each -> each.path("NetworkID").asText().equals(network))
            .map(each -> each.path("Addr").asText().replaceFirst("/.*", ""))
            .findFirst()
            .orElseThrow();
    return new Serving(extension, hosts, virtual);
  }

  private TestCluster cluster() {
    return extension.cluster();
  }

  /// The process of a service's task on a host, as that host's own daemon says: managers may be
  /// away.
  long pid(String service, int host) throws IOException {
    String filter =
        "%7B%22label%22%3A%5B%22com.docker.swarm.service.name%3D" + service + "%22%5D%7D";
    for (var container : cluster().api(host).get("/containers/json?filters=" + filter)) {
      return cluster()
          .api(host)
          .get("/containers/" + container.path("Id").asText() + "/json")
          .at("/State/Pid")
          .asLong();
    }
    throw new IOException(service + " does not run on host " + host);
  }

  /// The network namespace of a service's task on a host.
  Path namespace(String service, int host) throws IOException {
    return Path.of("/proc/" + pid(service, host) + "/ns/net");
  }

  /// Who answers at the published port of a host.
  String byPort(int host) throws IOException {
    return checked(cluster().send(host, PORT, "GET", "/", "text/plain", new byte[0], ANSWER));
  }

  /// Who answers a caller at the service's own address.
  ///
  /// @param caller its network namespace
  String byAddress(Path caller) throws IOException {
    var to = new InetSocketAddress(InetAddress.ofLiteral(virtual), 80);
    return checked(
        NetworkNamespaces.call(
            caller, () -> HttpCall.send(to, "GET", "/", "text/plain", new byte[0], ANSWER)));
  }

  private static String checked(HttpCall.Answer answer) throws IOException {
    if (answer.status() != 200) {
      throw new IOException("status " + answer.status());
    }
    return answer.text().strip();
  }

  /// Whether so many different containers answer at the port and the address on these hosts, and no
  /// call fails.
  boolean answers(List<Integer> on, int backends) throws IOException {
    for (int host : on) {
      Path caller = namespace("client", host);
      Set<String> ports = new TreeSet<>();
      Set<String> addresses = new TreeSet<>();
      for (int call = 0; call < 8 * backends; call++) {
        ports.add(byPort(host));
        addresses.add(byAddress(caller));
      }
      if (ports.size() != backends || addresses.size() != backends) {
        throw new IOException(
            "host " + host + " leads to " + ports + " by port, " + addresses + " by address");
      }
    }
    return true;
  }

  /// Whether calls at the port and the address on these hosts all have an answer.
  boolean noneFails(List<Integer> on) throws IOException {
    for (int host : on) {
      Path caller = namespace("client", host);
      for (int call = 0; call < hosts; call++) {
        if (byPort(host).isEmpty() || byAddress(caller).isEmpty()) {
          return false;
        }
      }
    }
    return true;
  }

  /// The containers of the service, as managers say.
  Set<String> containers() throws IOException {
    var all = new TreeSet<String>();
    for (Swarm.TaskView task : extension.swarm(1).running("web")) {
      all.add(task.containerId().substring(0, 12));
    }
    return all;
  }

  /// Runs a command on a host; it must succeed.
  ///
  /// @return what it said
  String on(int host, String... command) throws IOException, InterruptedException {
    Process process = cluster().on(host, command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException(String.join(" ", command) + ": " + out);
    }
    return out;
  }

  /// Runs a command in the network namespace of a service's task; it must succeed.
  String inside(int host, String service, String... command)
      throws IOException, InterruptedException {
    return on(
        host,
        Stream.concat(Stream.of("nsenter", "--net=" + namespace(service, host)), Stream.of(command))
            .toArray(String[]::new));
  }
}
