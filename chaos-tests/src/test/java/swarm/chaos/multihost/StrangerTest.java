package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;

/// No stranger: nothing between nodes is in the clear, and nobody without a certificate of this
/// cluster gets beyond the first step of a join.
@Tag("multihost")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class StrangerTest {
  private static final String CANARY = "canary-7f3a91c2d4e5b6a8";
  private static final String PERMISSION_DENIED = "grpc-status: 7";

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.apart(3);

  @TempDir static Path captures;

  @Test
  @Order(1)
  void the_wire_never_shows_what_a_service_was_told() throws Exception {
    TestCluster cluster = CLUSTER.cluster();
    var sniffers = new ArrayList<Process>();
    for (int host = 1; host <= 3; host++) {
      sniffers.add(sniff(host));
    }
    cluster.form(3);
    CLUSTER.awaitReady(1, 3);
    ObjectNode spec = Swarm.service("secretive", IMAGE, 3);
    spec.withObject("/TaskTemplate/ContainerSpec").putArray("Env").add("CANARY=" + CANARY);
    CLUSTER.swarm(2).create(spec); // a follower, maybe: then it is forwarded, too
    CLUSTER.awaitRunning(1, "secretive", 3, 0);
    int dead = CLUSTER.leaderHost(1);
    int witness = dead % 3 + 1;
    cluster.killHost(dead);
    CLUSTER.awaitRunning(witness, "secretive", 3, dead);
    for (Process sniffer : sniffers) {
      sniffer.destroy();
      assertThat(sniffer.waitFor(LIMIT.toSeconds(), java.util.concurrent.TimeUnit.SECONDS))
          .isTrue();
    }
    for (int host = 1; host <= 3; host++) {
      String wire = Files.readString(capture(host), StandardCharsets.ISO_8859_1);
      assertThat(wire.length()).as("something was captured on host " + host).isGreaterThan(10_000);
      assertThat(wire.contains(CANARY)).as("the canary on host " + host).isFalse();
    }
    cluster.mend(dead);
    cluster.start(dead);
    CLUSTER.awaitReady(dead, 3);
  }

  /// Everything on the host's cable except what VXLAN carries.
  private static Process sniff(int host) throws IOException, InterruptedException {
    Path said = captures.resolve(host + ".log");
    Process sniffer =
        CLUSTER
            .cluster()
            .on(
                host,
                "tcpdump",
                "-Z",
                "root",
                "-i",
                "eth0",
                "-s",
                "0",
                "-U",
                "-w",
                capture(host).toString(),
                "not",
                "udp",
                "port",
                "4789")
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    Wait.until(
        "tcpdump listens on host " + host,
        LIMIT,
        () -> Files.readString(said).contains("listening on"));
    return sniffer;
  }

  private static Path capture(int host) {
    return captures.resolve(host + ".pcap");
  }

  @ParameterizedTest
  @Order(2)
  @ValueSource(
      strings = {"AddMember", "Leave", "Propose", "Heard", "SealKeys", "Raft", "Logs", "Session"})
  void without_a_certificate_every_call_but_join_is_denied(String method) throws Exception {
    assertThat(call(method)).contains(PERMISSION_DENIED);
  }

  @Test
  @Order(3)
  void join_without_a_token_is_denied() throws Exception {
    assertThat(call("Join")).contains("grpc-status").doesNotContain("grpc-status: 0");
    assertThat(CLUSTER.swarm(2).nodes()).hasSize(3);
  }

  @Test
  @Order(4)
  void a_certificate_that_this_cluster_did_not_sign_is_refused_by_tls() throws Exception {
    Path key = captures.resolve("key.pem");
    Path certificate = captures.resolve("certificate.pem");
    run(
        List.of(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "1",
            "-subj",
            "/O=stranger/OU=swarm-manager/CN=stranger",
            "-keyout",
            key.toString(),
            "-out",
            certificate.toString()));
    String answer = call("Propose", "--cert", certificate.toString(), "--key", key.toString());
    assertThat(answer).doesNotContain("grpc-status: 0").doesNotContain("HTTP/2 200");
  }

  @Test
  @Order(5)
  void the_cluster_port_does_not_speak_plainly() throws Exception {
    String answer =
        run(
            List.of(
                "nsenter",
                "--net=" + network(),
                "curl",
                "-sS",
                "--max-time",
                "10",
                "--http2-prior-knowledge",
                "http://" + TestCluster.address(2) + ":2377/"));
    assertThat(answer).contains("curl: (");
  }

  /// One empty gRPC call, made by a neighbour of the hosts.
  private static String call(String method, String... options) throws Exception {
    Path empty = captures.resolve("empty-message");
    Files.write(empty, new byte[5]); // not compressed, of length 0
    var command =
        new ArrayList<>(
            List.of(
                "nsenter",
                "--net=" + network(),
                "curl",
                "-sSk",
                "-i",
                "--http2",
                "--max-time",
                "10",
                "-H",
                "Content-Type: application/grpc",
                "-H",
                "TE: trailers",
                "--data-binary",
                "@" + empty));
    command.addAll(List.of(options));
    command.add("https://" + TestCluster.address(2) + ":2377/swarm.Cluster/" + method);
    return run(command);
  }

  private static Path network() {
    String host = CLUSTER.cluster().hostname(1);
    return Path.of("/run/netns", host.substring(0, host.length() - 1) + "sw");
  }

  private static String run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }
}
