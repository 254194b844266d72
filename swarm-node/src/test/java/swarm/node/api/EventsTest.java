package swarm.node.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.node.api.filter.EventFilter;
import swarm.runtime.container.Container;
import swarm.runtime.container.ContainerConfig;
import swarm.runtime.container.ContainerEvent;
import swarm.runtime.container.ContainerState;
import swarm.runtime.health.Health;

class EventsTest {
  private static JsonNode event(String type, String action, String id, Map<String, String> all)
      throws InterruptedException {
    var events = new Events();
    Events.Listener listener = events.listen(Optional.empty());
    events.publish(
        type, action, id, all, Instant.EPOCH, type.equals("service") ? "swarm" : "local");
    return listener.next(0).orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "type, container, true, false, false",
    "type, bogus, false, false, false", // no error of Docker's either
    "colour, red, true, true, true",
    "event, die, true, false, false",
    "event, pull, false, true, false",
    "scope, swarm, false, false, true",
    "container, web.1, true, false, false",
    "container, web, true, false, false",
    "container, c1, true, false, false",
    "service, web, false, false, true",
    "service, s1, false, false, true",
    "secret, x, false, false, false",
    "config, x, false, false, false",
    "plugin, x, false, false, false",
    "daemon, x, false, false, false",
    "image, app, true, true, false",
    "image, app:1, true, true, false",
    "image, ap, false, false, false",
    "label, tier, true, false, false",
    "label, tier=front, true, false, false",
    "label, tier=back, false, false, false",
  })
  void oneFilter(String key, String value, boolean container, boolean image, boolean service)
      throws InterruptedException {
    Map<String, Set<String>> filters = Map.of(key, Set.of(value));
    var ofContainer = Map.of("name", "web.1", "image", "app:1", "tier", "front");
    assertThat(EventFilter.matches(event("container", "die", "c1", ofContainer), filters))
        .isEqualTo(container);
    assertThat(EventFilter.matches(event("image", "pull", "app:1", Map.of("name", "app")), filters))
        .isEqualTo(image);
    assertThat(
            EventFilter.matches(event("service", "create", "s1", Map.of("name", "web")), filters))
        .isEqualTo(service);
  }

  @Test
  void noLabelSaysWhatHappened() throws InterruptedException {
    var labels = Map.of("healthStatus", "healthy", "execCommand", "sh", "exitCode", "0");
    var container =
        new Container(
            "c".repeat(64),
            "web",
            ContainerConfig.builder("sha256:1", List.of("true")).labels(labels).build(),
            Instant.EPOCH,
            Instant.EPOCH,
            Instant.EPOCH,
            ContainerState.EXITED,
            0,
            3,
            false,
            "",
            0,
            false,
            false,
            "/log",
            "",
            Health.NONE);
    var events = new Events();
    Events.Listener listener = events.listen(Optional.empty());

    events.publish(
        new ContainerEvent(
            ContainerEvent.Action.DIE, container, Instant.EPOCH, Map.of("exitCode", "3")));
    events.publish(
        new ContainerEvent(
            ContainerEvent.Action.EXEC_START,
            container,
            Instant.EPOCH,
            Map.of("execID", "e", "execCommand", "ls -l")));

    JsonNode died = listener.next(0).orElseThrow();
    assertThat(died.path("Action").asText()).isEqualTo("die");
    assertThat(died.at("/Actor/Attributes/exitCode").asText()).isEqualTo("3");
    assertThat(died.at("/Actor/Attributes/healthStatus").asText()).isEqualTo("healthy");
    assertThat(listener.next(0).orElseThrow().path("Action").asText())
        .isEqualTo("exec_start: ls -l");
  }
}
