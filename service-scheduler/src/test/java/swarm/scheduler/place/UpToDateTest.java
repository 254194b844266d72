package swarm.scheduler.place;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.Command;

/// Which tasks of an earlier spec an update leaves alone: those that the present one would be made
/// as, in whatever words, and where they are.
class UpToDateTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'ContainerSpec': {'Image': 'a'}} | {'ContainerSpec': {'Image': 'a', 'Env': []}, 'ForceUpdate': 0} | true
          {'ContainerSpec': {'Image': 'a'}} | {'ContainerSpec': {'Image': 'a', 'Env': ['A=1']}} | false
          {'ContainerSpec': {'Image': 'a'}} | {'ContainerSpec': {'Image': 'a'}, 'ForceUpdate': 0, 'Placement': {'Constraints': ['node.labels.zone==z1']}} | true
          {'ContainerSpec': {'Image': 'a'}} | {'ContainerSpec': {'Image': 'a'}, 'ForceUpdate': 0, 'Placement': {'Constraints': ['node.labels.zone==z2']}} | false
          {'ContainerSpec': {'Image': 'a'}} | {'ContainerSpec': {'Image': 'a', 'Labels': {}}, 'Placement': {'MaxReplicas': 2}} | true
          {'ContainerSpec': {'Image': 'a'}} | {'ContainerSpec': {'Image': 'a'}, 'ForceUpdate': 1} | false
          """)
  void isLeftAlone(String before, String after, boolean left) throws Exception {
    World world = new World().node("n1", Map.of("zone", "z1")).service("web", 1, before);
    world.place();
    Service old = world.state().service("web").orElseThrow();
    ObjectNode json = Wire.JSON.valueToTree(old.spec());
    json.set("TaskTemplate", Wire.JSON.readTree(after.replace('\'', '"')));
    world.apply(
        new Command.UpdateService(
            "web",
            old.version().index(),
            Wire.JSON.treeToValue(json, ServiceSpec.class),
            false,
            World.NOW));

    Service service = world.state().service("web").orElseThrow();
    assertThat(service.specVersion()).isNotEqualTo(old.specVersion());
    assertThat(new UpToDate(world.state(), service).test(world.placed("web").getFirst()))
        .isEqualTo(left);
  }
}
