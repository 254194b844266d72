package swarm.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.runtime.fault.CrashPoints;
import swarm.runtime.health.Health;
import swarm.runtime.health.HealthCheck;
import swarm.runtime.logs.LogConfig;
import swarm.runtime.logs.LogLimits;
import swarm.runtime.oci.Resources;

/// Golden records: what one daemon writes, another of an older or a newer build reads. Run with
/// `-Dgolden.write=DIRECTORY` to see what they would be now; a change of what was there keeps
/// nobody's containers.
class ContainerStoreTest {
  private static final String ID = "0123456789abcdef".repeat(4);
  private static final Instant MADE = Instant.parse("2026-01-02T03:04:05.678901234Z");

  @TempDir Path folder;
  private ContainerPaths paths = new ContainerPaths(Path.of("/"), Path.of("/"));

  @BeforeEach
  void make() throws IOException {
    paths = new ContainerPaths(folder.resolve("data"), folder.resolve("exec"));
    Files.createDirectories(paths.containers());
  }

  @Test
  void isWrittenByteForByteAsItWas() throws Exception {
    store().create(container());

    String now = Files.readString(paths.record(ID));
    String directory = System.getProperty("golden.write", "");
    if (!directory.isEmpty()) {
      Files.writeString(Path.of(directory, "container.json"), now + "\n");
    }
    assertThat(now).isEqualTo(golden("container.json"));
  }

  @Test
  void isReadAsItWasWritten() throws Exception {
    put(golden("container.json"));

    assertThat(store().load()).containsExactly(container());
  }

  /// Of the first builds, which knew few components, with one that a newer build may have.
  @Test
  void whatALaterBuildAddedHasItsDefault() throws Exception {
    put(golden("container-oldest.json"));

    assertThat(store().load())
        .singleElement()
        .satisfies(
            container -> {
              assertThat(container.name()).isEqualTo("old");
              assertThat(container.health()).isEqualTo(Health.NONE);
              ContainerConfig config = container.config();
              assertThat(config.toBuilder().build()).isEqualTo(config);
              assertThat(config)
                  .isEqualTo(
                      ContainerConfig.builder("sha256:1", List.of("sleep", "9"))
                          .tty(true)
                          .networkMode("none")
                          // a number that is missing is 0
                          .shmSizeBytes(0)
                          .stopTimeoutSeconds(0)
                          .build());
              assertThat(config.host().consoleSize()).isEmpty();
            });
  }

  private ContainerStore store() {
    return new ContainerStore(paths, CrashPoints.NONE);
  }

  private void put(String record) throws IOException {
    Files.createDirectories(paths.home(ID));
    Files.writeString(paths.record(ID), record);
  }

  private static String golden(String name) throws IOException {
    try (InputStream in = ContainerStoreTest.class.getResourceAsStream(name)) {
      return new String(
              Objects.requireNonNull(in, "no golden file").readAllBytes(), StandardCharsets.UTF_8)
          .strip();
    }
  }

  private static Container container() {
    return Container.created(ID, "box", config(), MADE, "/data/" + ID + "/container.log")
        .running(MADE.plusSeconds(1), 4711, 2, "/exec/netns/" + ID)
        .withStoppedByUser(true);
  }

  /// With something of its own in every component.
  private static ContainerConfig config() {
    return ContainerConfig.builder("sha256:2", List.of("sh", "-c", "true"))
        .env(List.of("A=b", "C"))
        .workingDir("/srv")
        .user("web:web")
        .groupAdd(List.of("audio"))
        .hostname("h")
        .domainname("example.org")
        .labels(ordered("z", "1", "a", "2"))
        .tty(true)
        .openStdin(true)
        .stdinOnce(true)
        .attached(true, true, true)
        .mounts(
            List.of(
                ContainerMount.Bind.of("/from", "/to", true, "rslave", true),
                ContainerMount.Volume.of("v", "/v", false),
                new ContainerMount.Tmpfs("/t", "size=1m", true)))
        .resources(Resources.UNLIMITED.toBuilder().memoryBytes(64 << 20).cpusetCpus("0-1").build())
        .capAdd(List.of("NET_ADMIN"))
        .capDrop(List.of("CHOWN"))
        .privileged(true)
        .readOnlyRootfs(true)
        .securityOpts(List.of("no-new-privileges"))
        .sysctls(ordered("net.ipv4.ip_forward", "1", "kernel.msgmax", "2"))
        .shmSizeBytes(1 << 20)
        .init(true)
        .stopSignal("SIGINT")
        .stopTimeoutSeconds(-1)
        .oomScoreAdj(-5)
        .autoRemove(true)
        .restartPolicy(new RestartPolicy(RestartPolicy.Kind.ON_FAILURE, 3))
        .networkMode("container:x")
        .pidMode("host")
        .ipcMode("shareable")
        .extraHosts(List.of("a:1.2.3.4"))
        .dns(List.of("8.8.8.8"), List.of("x"), List.of("ndots:1"))
        .logging(new LogConfig("json-file", Map.of("max-size", "1m"), LogLimits.UNLIMITED))
        .health(new HealthCheck(List.of("CMD", "true"), 1, 2, 3, 4, 5, List.of("/bin/sh")))
        .host(
            new HostOptions(
                "private",
                "host",
                "host",
                List.of("/masked"),
                List.of("/readonly"),
                List.of("c 42:* rmw"),
                ordered("y", "1", "b", "2"),
                "crun",
                24,
                80))
        .attributes(ordered("swarm.task", "t", "a", "b"))
        .build();
  }

  private static Map<String, String> ordered(String... pairs) {
    var all = new LinkedHashMap<String, String>();
    for (int i = 0; i < pairs.length; i += 2) {
      all.put(pairs[i], pairs[i + 1]);
    }
    return all;
  }
}
