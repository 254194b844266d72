package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import swarm.chaos.client.ApiException;
import swarm.chaos.client.DockerApi;
import swarm.chaos.cluster.Registry;
import swarm.chaos.cluster.RegistryUpload;
import swarm.chaos.cluster.Wait;
import swarm.chaos.contract.Archives;
import swarm.chaos.multihost.HostInventory.Kind;

/// The daemon dies, as by `kill -9`, at each step of pulling, creating, starting and removing. The
/// next one leaves nothing half-made, tells the truth of what there is, and does what was asked for
/// when it is asked again.
@Tag("multihost")
final class CrashPointsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PULLED = "127.0.0.1:" + Registry.PORT + "/app:1";
  private static final int PORT = 8099;
  private static final Duration SETTLE = Duration.ofSeconds(15);
  private static final Set<Kind> ALL = EnumSet.allOf(Kind.class);

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.apart(1);

  private static Optional<Registry> registry = Optional.empty();

  /// What is under way when the daemon dies, and the points that it comes by.
  enum Operation {
    PULL(
        "BLOB_WRITTEN",
        "BLOB_KEPT",
        "LAYER_UNPACKED",
        "LAYER_KEPT",
        "INDEX_WRITTEN",
        "IMAGE_ENTERED"),
    REMOVE_IMAGE("INDEX_WRITTEN", "IMAGE_UNLISTED", "LAYER_SET_ASIDE"),
    CREATE("VOLUMES_CLAIMED", "VOLUMES_SEEDED", "RECORD_WRITTEN", "CONTAINER_RECORDED"),
    START(
        "NAMESPACE_MADE",
        "NETWORK_ATTACHED",
        "ROOT_MOUNTED",
        "VOLUMES_MOUNTED",
        "FILES_PROVIDED",
        "SPEC_WRITTEN",
        "MONITOR_STARTED",
        "PROCESS_STARTED",
        "RECORD_WRITTEN",
        "START_RECORDED"),
    REMOVE(
        "RECORD_WRITTEN",
        "END_RECORDED",
        "CGROUP_REMOVED",
        "ROOT_UNMOUNTED",
        "NETWORK_DETACHED",
        "NAMESPACE_REMOVED",
        "REMOVAL_RECORDED",
        "VOLUMES_RELEASED",
        "FILES_DELETED",
        "RECORD_DELETED");

    private final String points; // an enum's fields cannot change

    Operation(String... points) {
      this.points = String.join(" ", points);
    }
  }

  record Crash(Operation operation, String point) {
    @Override
    public String toString() {
      return operation + " at " + point;
    }
  }

  static Stream<Crash> crashes() {
    return Stream.of(Operation.values())
        .flatMap(
            operation -> Stream.of(operation.points.split(" ")).map(p -> new Crash(operation, p)));
  }

  @BeforeAll
  static void aRegistryAndADaemonThatCanDie() throws Exception {
    Assumptions.assumeTrue(Registry.installed(), "no docker-registry here to pull from");
    registry = Optional.of(Registry.open(CLUSTER.cluster(), 1));
    Archives.push(
        new RegistryUpload(CLUSTER.cluster(), 1, "app"),
        "1",
        Archives.docker("a:1", new byte[1024]));
    CLUSTER.cluster().stop(1);
    restart();
    api().post("/networks/create", JSON.createObjectNode().put("Name", "front"));
    for (Operation operation : Operation.values()) { // what is made at the first time only
      prepare(operation);
      run(operation);
    }
  }

  @AfterAll
  static void theRegistryGoes() {
    registry.ifPresent(Registry::close);
  }

  private static DockerApi api() {
    return CLUSTER.cluster().api(1);
  }

  private static Path armed() {
    return CLUSTER.cluster().folder(1).resolve("crash-point");
  }

  private static void restart() throws Exception {
    Files.deleteIfExists(armed());
    CLUSTER.cluster().launch(1, Map.of("SWARM_TEST_CRASH_POINT_FILE", armed().toString()));
    CLUSTER.cluster().awaitDaemon(1);
  }

  @Test
  void everyPointIsTried() throws Exception {
    String log = Files.readString(CLUSTER.cluster().folder(1).resolve("log"));
    Matcher told = Pattern.compile("TEST ONLY.* one of \\[([^]]*)]").matcher(log);
    assertThat(told.find()).isTrue();
    var tried = new TreeSet<String>();
    crashes().forEach(crash -> tried.add(crash.point()));
    assertThat(tried).containsExactlyInAnyOrder(told.group(1).split(", "));
  }

  @ParameterizedTest
  @MethodSource("crashes")
  void nothingIsHalfMade(Crash crash) throws Exception {
    if (CLUSTER.cluster().pid(1) == 0) {
      restart(); // the test before failed
    }
    clear();
    HostInventory before = HostInventory.of(CLUSTER.cluster(), 1);
    prepare(crash.operation());

    Files.writeString(armed(), crash.point());
    assertThatExceptionOfType(IOException.class)
        .as("the daemon dies in the middle of it")
        .isThrownBy(() -> run(crash.operation()))
        .isNotInstanceOf(ApiException.class);
    Wait.until("the daemon has ended", LIMIT, () -> CLUSTER.cluster().pid(1) == 0);
    restart();

    wholeOrGone(crash.operation(), before);
    run(crash.operation());
    done(crash.operation());
    clear();
    same(before, ALL);
  }

  /// What must be there before.
  private static void prepare(Operation operation) throws IOException {
    switch (operation) {
      case PULL, CREATE -> {}
      case REMOVE_IMAGE -> run(Operation.PULL);
      case START -> run(Operation.CREATE);
      case REMOVE -> {
        run(Operation.CREATE);
        run(Operation.START);
      }
    }
  }

  /// Asks for it, unless it is done.
  private static void run(Operation operation) throws IOException {
    switch (operation) {
      case PULL -> {
        JsonNode last = api().post("/images/create?fromImage=" + PULLED);
        if (last.has("error")) {
          throw new IOException(last.toString());
        }
      }
      case REMOVE_IMAGE -> {
        if (pulled()) {
          api().delete("/images/" + PULLED);
        }
      }
      case CREATE -> {
        if (state().isEmpty()) {
          api().post("/containers/create?name=box", container());
        }
      }
      case START -> api().post("/containers/box/start");
      case REMOVE -> {
        if (state().isPresent()) {
          api().delete("/containers/box?force=1&v=1");
        }
      }
    }
  }

  /// With a network, a port, a volume that takes the image's content, and one that has a name.
  private static JsonNode container() throws IOException {
    return JSON.readTree(
        """
        {"Image": "%s", "Volumes": {"/bin": {}},
         "HostConfig": {"Binds": ["named:/data"], "NetworkMode": "front", "IpcMode": "shareable",
                        "PortBindings": {"80/tcp": [{"HostPort": "%d"}]}}}
        """
            .formatted(IMAGE, PORT));
  }

  private static boolean pulled() throws IOException {
    for (JsonNode image : api().get("/images/json")) {
      for (JsonNode tag : image.path("RepoTags")) {
        if (tag.asText().equals(PULLED)) {
          return true;
        }
      }
    }
    return false;
  }

  /// The container's state; nothing where there is none.
  private static Optional<String> state() throws IOException {
    for (JsonNode container : api().get("/containers/json?all=1")) {
      if (container.path("Names").path(0).asText().equals("/box")) {
        return Optional.of(container.path("State").asText());
      }
    }
    return Optional.empty();
  }

  private static void wholeOrGone(Operation operation, HostInventory before) throws Exception {
    switch (operation) {
      case PULL, REMOVE_IMAGE -> {
        if (!pulled()) {
          same(before, ALL);
        }
      }
      case CREATE, START, REMOVE -> {
        if (!state().equals(Optional.of("running"))) {
          same(before, Kind.OF_THE_KERNEL);
        }
        if (state().isEmpty()) {
          clearVolumes(); // what stays of rm -v is whole, and listed: it is not known that it was
          // -v
          same(before, ALL);
        } else {
          assertThat(state().get()).isIn("created", "exited", "running");
        }
      }
    }
  }

  private static void done(Operation operation) throws Exception {
    switch (operation) {
      case PULL -> assertThat(pulled()).isTrue();
      case REMOVE_IMAGE -> assertThat(pulled()).isFalse();
      case CREATE -> assertThat(state()).hasValue("created");
      case START -> {
        assertThat(state()).hasValue("running");
        assertThat(CLUSTER.awaitAnswer(1, PORT)).isNotBlank();
      }
      case REMOVE -> assertThat(state()).isEmpty();
    }
  }

  private static void clear() throws IOException {
    run(Operation.REMOVE);
    run(Operation.REMOVE_IMAGE);
    clearVolumes();
  }

  private static void clearVolumes() throws IOException {
    for (JsonNode volume : api().get("/volumes").path("Volumes")) {
      api().delete("/volumes/" + volume.path("Name").asText());
    }
  }

  private static void same(HostInventory before, Set<Kind> kinds) throws Exception {
    Wait.until(
        "all is as it was before",
        SETTLE,
        () -> {
          List<String> changes = HostInventory.of(CLUSTER.cluster(), 1).changesSince(before, kinds);
          if (!changes.isEmpty()) {
            throw new IOException(String.join("\n", changes));
          }
          return true;
        });
  }
}
