package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;

/// A swarm under the root of an authority outside of it: begun so, rotated away from it and back.
/// As the authority chooses how long certificates are good, this is also where nodes are away for
/// longer than theirs.
@Tag("chaos")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ExternalAuthorityTest {
  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.apart(4);

  /// Long enough to join with, short enough to wait for its end.
  private static final Duration SHORT = Duration.ofSeconds(20);

  private static @Nullable SigningAuthority made;

  @BeforeAll
  static void begin(@TempDir Path folder) throws Exception {
    made = new SigningAuthority(CLUSTER.cluster(), folder.resolve("authority"));
  }

  @AfterAll
  static void end() {
    authority().close();
  }

  private static SigningAuthority authority() {
    return Objects.requireNonNull(made);
  }

  private static Client.Done run(int host, String... words)
      throws IOException, InterruptedException {
    return Client.SWARM.run(CLUSTER.cluster(), host, new byte[0], List.of(words));
  }

  private static void ok(int host, String... words) throws IOException, InterruptedException {
    Client.Done done = run(host, words);
    assertThat(done.status()).as(done.toString()).isZero();
  }

  private static Client.Done init(String option) throws IOException, InterruptedException {
    return run(1, "init", "--advertise-addr", TestCluster.address(1), "--external-ca", option);
  }

  private static void join(int host, String role) throws IOException {
    JsonNode tokens = CLUSTER.cluster().api(1).get("/swarm").path("JoinTokens");
    CLUSTER.cluster().join(host, tokens.path(role).asText());
  }

  private static JsonNode tls(int host) throws IOException {
    String id = CLUSTER.nodeId(1, host);
    return CLUSTER.cluster().api(1).get("/nodes/" + id).at("/Description/TLSInfo");
  }

  private static Instant end(int host) throws IOException {
    return Instant.parse(tls(host).path("CertNotAfter").asText());
  }

  private static void awaitRootOfAll(String root, int nodes)
      throws IOException, InterruptedException {
    Wait.until(
        "every node has a certificate of the root",
        LIMIT,
        () -> {
          JsonNode swarm = CLUSTER.cluster().api(1).get("/swarm");
          if (swarm.path("RootRotationInProgress").asBoolean()
              || !swarm.at("/TLSInfo/TrustRoot").asText().strip().equals(root)) {
            return false;
          }
          JsonNode all = CLUSTER.cluster().api(1).get("/nodes");
          for (JsonNode node : all) {
            if (!node.at("/Description/TLSInfo/CertIssuerPublicKey")
                .equals(swarm.at("/TLSInfo/CertIssuerPublicKey"))) {
              return false;
            }
          }
          return all.size() == nodes;
        });
  }

  @Test
  @Order(1)
  void an_init_that_the_authority_does_not_help_leaves_nothing() throws Exception {
    String url = "https://10.77.0.254:1/sign";
    Client.Done failed = init("protocol=cfssl,url=" + url + ",cacert=" + authority().rootFile());
    assertThat(failed.status()).isEqualTo(1);
    assertThat(failed.err()).contains(url).contains("Connection refused");

    Client.Done nameless = init("protocol=cfssl,url=" + authority().url());
    assertThat(nameless.status()).isEqualTo(1);
    assertThat(nameless.err()).contains("cacert=FILE");

    assertThat(CLUSTER.cluster().api(1).get("/info").at("/Swarm/LocalNodeState").asText())
        .isEqualTo("inactive");
    assertThat(CLUSTER.cluster().folder(1).resolve("data").resolve("swarm")).doesNotExist();
    assertThat(authority().callers()).isEmpty();
  }

  @Test
  @Order(2)
  void a_swarm_begins_under_its_root_and_takes_in_others() throws Exception {
    Client.Done init = init(authority().option());
    assertThat(init.status()).as(init.toString()).isZero();
    join(2, "Manager");
    join(3, "Worker");

    CLUSTER.awaitReady(1, 3);
    awaitRootOfAll(authority().root(), 3);
    assertThat(run(2, "ca").out().strip()).isEqualTo(authority().root());
    assertThat(authority().callers()).hasSize(3);
    assertThat(authority().callers().getFirst()).as("the founder has none yet").isEmpty();
    assertThat(authority().callers().subList(1, 3))
        .allMatch(name -> name.contains("CN=" + nodeId(1)));
  }

  private static String nodeId(int host) {
    try {
      return CLUSTER.nodeId(1, host);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// The worker's certificate and, as a manager, the promoted one's end while their daemons are
  /// off. The real clock is waited for.
  @Test
  @Order(3)
  void who_was_off_while_its_certificate_expired_is_in_again_by_itself() throws Exception {
    authority().validity(SHORT);
    join(4, "Worker");
    ok(1, "node", "promote", CLUSTER.cluster().hostname(3));
    Wait.until(
        "host 3 is a manager",
        LIMIT,
        () ->
            CLUSTER
                .cluster()
                .api(1)
                .get("/nodes/" + nodeId(3))
                .at("/ManagerStatus/Reachability")
                .asText()
                .equals("reachable"));
    CLUSTER.cluster().kill(3);
    CLUSTER.cluster().kill(4);
    Instant latest = end(3).isAfter(end(4)) ? end(3) : end(4);
    assertThat(latest).isBefore(Instant.now().plus(SHORT));
    authority().validity(Duration.ofDays(30));
    Wait.until("their certificates are over", LIMIT, () -> Instant.now().isAfter(latest));

    CLUSTER.cluster().start(3);
    CLUSTER.cluster().start(4);

    CLUSTER.awaitReady(1, 4);
    for (int host : List.of(3, 4)) {
      Instant over = latest;
      Wait.until("host " + host + " has another", LIMIT, () -> end(host).isAfter(over));
    }
    CLUSTER.awaitReady(3, 4); // it answers as a manager
  }

  @Test
  @Order(4)
  void the_root_is_rotated_to_an_own_one_and_back_and_nodes_join_afterwards() throws Exception {
    ok(1, "ca", "--rotate", "-q");
    String own = run(1, "ca").out().strip();
    assertThat(own).isNotEqualTo(authority().root());
    awaitRootOfAll(own, 4);
    ok(4, "leave");
    ok(1, "node", "rm", "--force", nodeId(4));

    ok(
        2,
        "ca",
        "--rotate",
        "-q",
        "--ca-cert",
        authority().rootFile().toString(),
        "--external-ca",
        authority().option());
    awaitRootOfAll(authority().root(), 3);

    int asked = authority().callers().size();
    join(4, "Worker");
    CLUSTER.awaitReady(1, 4);
    awaitRootOfAll(authority().root(), 4);
    assertThat(authority().callers().size()).isGreaterThan(asked);
  }
}
