package swarm.chaos.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestClassOrder;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.multihost.ClusterExtension;

/// Every answer of the API against the reference of the Docker Engine API v1.50: with real objects,
/// and with errors. What the reference has and we have not says so with 501.
///
/// The parts are one story on one swarm, told in this order: a manager's daemon and a worker's.
@Tag("multihost")
@EnabledIf(
    value = "swarm.chaos.contract.ReferenceFile#isThere",
    disabledReason = "no reference to hold the API against: see ReferenceFile")
@TestClassOrder(ClassOrderer.OrderAnnotation.class)
final class ContractTest {
  @RegisterExtension
  static final ClusterExtension CLUSTER =
      ClusterExtension.apart(
          2,
          "--node-generic-resource",
          "SSD=9",
          "--node-generic-resource",
          "GPU=red",
          "--label",
          "disk=fast");

  /// The manager's, on host 1.
  static Contract api;

  /// The worker's, on host 2.
  static Contract worker;

  /// When the story began.
  static Instant began;

  @BeforeAll
  static void reference() {
    Path file = ReferenceFile.find().orElseThrow();
    api = new Contract(file, socket(1));
    worker = new Contract(file, socket(2));
    began = Instant.now();
  }

  /// The socket of a host's daemon.
  static Path socket(int host) {
    return CLUSTER.cluster().folder(host).resolve("docker.sock");
  }

  @AfterEach
  void as_the_reference_says() {
    assertThat(api.deviations()).as("deviations from the reference").isEmpty();
    assertThat(worker.deviations()).as("deviations from the reference, at a worker").isEmpty();
  }

  @Nested
  @Order(1)
  final class Swarms extends SwarmContract {}

  @Nested
  @Order(2)
  final class Daemons extends SystemContract {}

  @Nested
  @Order(3)
  final class Images extends ImageContract {}

  @Nested
  @Order(4)
  final class Containers extends ContainerContract {}

  @Nested
  @Order(5)
  final class Files extends FileContract {}

  @Nested
  @Order(6)
  final class Services extends ServiceContract {}

  @Nested
  @Order(7)
  final class End extends EndContract {}
}
