package swarm.node.api.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.node.agent.Attributes;
import swarm.node.agent.ContainerEndpoint;
import swarm.node.agent.TaskContainer;
import swarm.node.api.error.ApiException;
import swarm.runtime.container.Container;
import swarm.runtime.container.ContainerConfig;
import swarm.runtime.container.ContainerConfigBuilder;
import swarm.runtime.container.ContainerMount;
import swarm.runtime.container.ContainerState;
import swarm.runtime.health.Health;

class ContainerFilterTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private static Container container(
      String id, String name, ContainerState state, int exitCode, ContainerConfigBuilder config) {
    return new Container(
        id.repeat(64),
        name,
        config.build(),
        NOW.minusSeconds(100 - (long) id.charAt(0)),
        state == ContainerState.CREATED ? null : NOW.minusSeconds(90),
        null,
        state,
        state.isLive() ? 42 : 0,
        exitCode,
        false,
        "",
        0,
        false,
        false,
        "/log",
        "",
        Health.NONE);
  }

  private static ContainerConfigBuilder config(String image) {
    return ContainerConfig.builder("sha256:" + image, List.of("sleep", "1"));
  }

  private static final List<Container> ALL =
      List.of(
          container(
              "a",
              "web.1",
              ContainerState.RUNNING,
              0,
              config("1")
                  .labels(Map.of("tier", "front", "x", "", TaskContainer.TASK_ID, "t"))
                  .attributes(Map.of(Attributes.INGRESS, "10.0.0.3"))),
          container(
              "b",
              "web.2",
              ContainerState.EXITED,
              137,
              config("1")
                  .labels(Map.of("tier", "front"))
                  .mounts(
                      List.of(
                          ContainerMount.Bind.of("/srv/data", "/data", true, "", false),
                          ContainerMount.Volume.of("vol", "/logs", false)))),
          container(
              "c",
              "db",
              ContainerState.PAUSED,
              0,
              config("2").labels(Map.of("tier", "back")).networkMode("host")),
          container("d", "new", ContainerState.CREATED, 0, config("2").networkMode("none")),
          container("e", "again", ContainerState.RESTARTING, 1, config("3")),
          container("f", "dead", ContainerState.DEAD, 0, config("3").networkMode("container:a")));

  private record Facts() implements ContainerFilter.Known {
    @Override
    public Container container(String nameOrId) throws ApiException {
      return ALL.stream()
          .filter(c -> c.name().equals(nameOrId) || c.id().startsWith(nameOrId))
          .findFirst()
          .orElseThrow(() -> ApiException.missing("No such container: " + nameOrId));
    }

    @Override
    public Optional<String> image(String nameOrId) {
      return Optional.ofNullable(
          Map.of("web", "sha256:1", "db:1", "sha256:2", "sha256:3", "sha256:3").get(nameOrId));
    }

    @Override
    public Set<String> exposed(Container container) {
      return container.name().equals("db") ? Set.of("5432/tcp", "53/udp") : Set.of();
    }

    @Override
    public Optional<ContainerEndpoint> endpoint(String containerId) {
      return containerId.startsWith("a")
          ? Optional.of(
              new ContainerEndpoint(
                  "172.17.0.2",
                  16,
                  "172.17.0.1",
                  "02:00:00:00:00:01",
                  List.of(new ContainerEndpoint.Binding("tcp", "0.0.0.0", 8080, 80))))
          : Optional.empty();
    }
  }

  private static String ids(boolean stopped, Map<String, Set<String>> filters) throws Exception {
    var found = new StringBuilder();
    ContainerFilter.apply(ALL, stopped, filters, new Facts())
        .forEach(c -> found.append(c.id().charAt(0)));
    return found.toString();
  }

  @Test
  void theNewestComesFirst() throws Exception {
    assertThat(ids(false, Map.of())).isEqualTo("eca");
    assertThat(ids(true, Map.of())).isEqualTo("fedcba");
  }

  @ParameterizedTest
  @CsvSource({
    "id, a, a",
    "id, aaaaaa, a",
    "id, ab, ''",
    "name, web, ba",
    "name, /web, ba",
    "name, eb., ba",
    "name, ^/web.1$, a",
    "name, ^web.1$, a",
    "name, ^web, ba",
    "name, web.[12]$, ba",
    "name, w|d, fdcba",
    "name, (, ''",
    "name, (e+)+x, ''",
    "name, 1$, a",
    "name, ^b$, ''",
    "label, tier, cba",
    "label, tier=front, ba",
    "label, x=, a",
    "label, tier=, ''",
    "label, =front, ''",
    "status, running, a",
    "status, exited, b",
    "status, created, d",
    "status, paused, c",
    "status, restarting, e",
    "status, dead, f",
    "status, removing, ''",
    "exited, 137, b",
    "exited, 1, e",
    "exited, 0, f", // neither what runs nor what never ran
    "ancestor, web, ba",
    "ancestor, db:1, dc",
    "ancestor, sha256:3, fe",
    "ancestor, other, ''",
    "before, db, ba",
    "before, c, ba",
    "before, web.1, ''",
    "since, db, fed",
    "since, dead, ''",
    "network, bridge, eba",
    "network, 62726964, eba",
    "network, host, c",
    "network, none, d",
    "network, ingress, a",
    "network, other, ''",
    "volume, vol, b",
    "volume, /logs, b",
    "volume, /data, b",
    "volume, /srv/data, b",
    "volume, /var/vol, ''",
    "health, none, fedcba",
    "health, healthy, ''",
    "health, starting, ''",
    "is-task, true, a",
    "is-task, 1, a",
    "is-task, false, fedcb",
    "publish, 8080, a",
    "publish, 8080/tcp, a",
    "publish, 8080/udp, ''",
    "publish, 8000-8100, a",
    "publish, 80, ''",
    "expose, 80, a",
    "expose, 80-90/tcp, a",
    "expose, 5432, c",
    "expose, 53, ''",
    "expose, 53/udp, c",
    "expose, 8080, ''",
    "isolation, default, fedcba", // Windows only
  })
  void oneFilter(String key, String value, String ids) throws Exception {
    assertThat(ids(true, Map.of(key, Set.of(value)))).isEqualTo(ids);
  }

  @Test
  void valuesOfOneFilterAreAlternativesButLabelsAreNot() throws Exception {
    assertThat(ids(true, Map.of("name", Set.of("db", "new")))).isEqualTo("dc");
    assertThat(ids(true, Map.of("label", Set.of("tier=front", "x")))).isEqualTo("a");
    assertThat(ids(true, Map.of("name", Set.of()))).isEqualTo("fedcba");
  }

  @Test
  void filtersTogetherNarrowButPortsAreAlternatives() throws Exception {
    assertThat(ids(true, Map.of("name", Set.of("web"), "status", Set.of("exited")))).isEqualTo("b");
    assertThat(ids(true, Map.of("before", Set.of("new"), "since", Set.of("web.1"))))
        .isEqualTo("cb");
    assertThat(ids(true, Map.of("publish", Set.of("8080"), "expose", Set.of("5432"))))
        .isEqualTo("ca");
  }

  @Test
  void askingForAStateShowsStoppedOnesToo() throws Exception {
    assertThat(ids(false, Map.of("status", Set.of("exited")))).isEqualTo("b");
    assertThat(ids(false, Map.of("exited", Set.of("137")))).isEqualTo("b");
    assertThat(ids(false, Map.of("name", Set.of("web")))).isEqualTo("a");
  }

  @ParameterizedTest
  @CsvSource({
    "colour, x, invalid filter 'colour'",
    "status, bogus, invalid filter 'status=bogus'",
    "status, Running, invalid filter 'status=Running'",
    "health, bogus, invalid filter 'health=bogus'",
    "is-task, maybe, invalid filter 'is-task=[maybe]'",
    "exited, x, invalid filter 'exited=x': it must be a number",
    "publish, 80:80, filter for 'publish' should not contain ':': 80:80",
    "expose, 0:1, filter for 'expose' should not contain ':': 0:1",
  })
  void whatCannotBeReadIsRefused(String key, String value, String message) {
    assertThatThrownBy(() -> ids(true, Map.of(key, Set.of(value))))
        .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.status()).isEqualTo(400))
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource({"publish, x", "publish, 70000", "expose, 9-8", "expose, 80/http", "expose, ''"})
  void portsThatAreNoneAreRefused(String key, String value) {
    assertThatThrownBy(() -> ids(true, Map.of(key, Set.of(value))))
        .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.status()).isEqualTo(400))
        .hasMessageStartingWith("error while looking up for " + key + " " + value + ": ");
  }

  @Test
  void yesAndNoAtOnceIsRefused() {
    assertThatThrownBy(() -> ids(true, Map.of("is-task", Set.of("true", "0"))))
        .isInstanceOf(ApiException.class)
        .hasMessageStartingWith("invalid filter 'is-task=[");
    assertThatThrownBy(() -> ids(true, Map.of("is-task", Set.of())))
        .isInstanceOf(ApiException.class)
        .hasMessage("invalid filter 'is-task'");
  }

  @ParameterizedTest
  @CsvSource({"before", "since"})
  void aContainerThatIsNotThereIsNotFound(String key) {
    assertThatThrownBy(() -> ids(true, Map.of(key, Set.of("nobody"))))
        .isInstanceOf(ApiException.class)
        .hasMessage("No such container: nobody");
  }
}
