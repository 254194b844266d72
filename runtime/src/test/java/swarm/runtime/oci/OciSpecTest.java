package swarm.runtime.oci;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.runtime.oci.SpecRequest.Namespace;

/// Golden specifications. Run with `-Dgolden.write=DIRECTORY` to see what they would be now; commit
/// a change only if you understand what caused it.
class OciSpecTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HostFacts V2 = new HostFacts("amd64", 6, 1, true, true, Capabilities.ALL);
  private static final HostFacts V1 = new HostFacts("amd64", 6, 1, false, false, Capabilities.ALL);

  @ParameterizedTest
  @ValueSource(strings = {"plain", "limits", "privileged", "host-network", "mounts"})
  void isAsItWas(String name) throws Exception {
    String now =
        JSON.writerWithDefaultPrettyPrinter().writeValueAsString(OciSpec.generate(request(name)))
            + "\n";
    String directory = System.getProperty("golden.write", "");
    if (!directory.isEmpty()) {
      Files.writeString(Path.of(directory, name + ".json"), now);
    }
    try (InputStream in = getClass().getResourceAsStream("spec-" + name + ".json")) {
      String golden =
          new String(
              Objects.requireNonNull(in, "no golden file").readAllBytes(), StandardCharsets.UTF_8);
      assertThat(now).isEqualTo(golden);
    }
  }

  private static SpecRequest request(String name) {
    var own = new Namespaces();
    ObjectNode filter = JSON.createObjectNode().put("defaultAction", "SCMP_ACT_ERRNO");
    return switch (name) {
      case "plain" -> request(false, List.of(), Resources.UNLIMITED, own, Optional.of(filter), V2);
      case "limits" ->
          request(
              false,
              List.of(),
              Resources.UNLIMITED.toBuilder()
                  .memoryBytes(64 << 20)
                  .memoryReservationBytes(32 << 20)
                  .nanoCpus(1_500_000_000L)
                  .cpuShares(512)
                  .cpusetCpus("0-1")
                  .cpusetMems("0")
                  .pidsLimit(100)
                  .ulimits(List.of(new Ulimit("nofile", 1024, 2048), new Ulimit("core", -1, -1)))
                  .build(),
              own,
              Optional.empty(),
              V2);
      case "privileged" -> request(true, List.of(), Resources.UNLIMITED, own, Optional.empty(), V1);
      case "host-network" ->
          request(
              false,
              List.of(),
              Resources.UNLIMITED.withMemoryBytes(64 << 20),
              new Namespaces(new Namespace.Host(), new Namespace.Host(), new Namespace.Host()),
              Optional.empty(),
              V1);
      case "mounts" ->
          request(
              false,
              List.of(
                  SpecMount.bind("/srv/deep", "/data/deep", "rshared", "rw"),
                  SpecMount.bind("/srv/data", "/data", "rprivate", "ro"),
                  new SpecMount("/dev/shm", "tmpfs", "tmpfs", List.of("size=1m"))),
              Resources.UNLIMITED,
              own,
              Optional.empty(),
              V2);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private record Namespaces(Namespace network, Namespace pid, Namespace ipc) {
    Namespaces() {
      this(new Namespace.Joined("/run/netns/x"), new Namespace.Own(), new Namespace.Own());
    }
  }

  private static SpecRequest request(
      boolean privileged,
      List<SpecMount> mounts,
      Resources resources,
      Namespaces namespaces,
      Optional<ObjectNode> seccomp,
      HostFacts host) {
    return new SpecRequest(
        new ProcessRequest(
            List.of("/bin/sh", "-c", "true"),
            List.of("PATH=/bin", "A=1"),
            "/work",
            new ResolvedUser(33, 34, List.of(29L, 44L)),
            false,
            Capabilities.resolve(List.of(), List.of(), privileged, Capabilities.ALL),
            false,
            "",
            resources.ulimits(),
            0,
            Optional.empty()),
        "/run/rootfs",
        false,
        "box",
        privileged,
        privileged ? List.of() : OciSpec.MASKED,
        privileged ? List.of() : OciSpec.READ_ONLY,
        mounts,
        64 << 20,
        resources,
        List.of(new SpecRequest.Device("/dev/fuse", 'c', 10, 229, 0666, 0, 0, "rwm")),
        List.of(),
        List.of(),
        Map.of("net.ipv4.ip_forward", "1"),
        new SpecRequest.Namespaces(
            namespaces.network(),
            namespaces.pid(),
            namespaces.ipc(),
            new SpecRequest.Namespace.Own(),
            host.cgroupV2() ? new SpecRequest.Namespace.Own() : new SpecRequest.Namespace.Host()),
        Map.of(),
        "/swarm/x",
        seccomp,
        host);
  }
}
