package swarm.scheduler.place;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.scheduler.model.ServiceAdditions;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.Command;

class DependenciesTest {
  private static final Instant NOW = World.NOW;

  private static ServiceSpec spec(String name, String on) {
    var json = Wire.JSON.createObjectNode().put("Name", name);
    json.set("Labels", Wire.JSON.valueToTree(Map.of("swarm.depends-on", on)));
    return Wire.JSON.convertValue(json, ServiceSpec.class);
  }

  /// Services that there are (`a>b,c`: a depends on b and c), and one that comes.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a>b b>c     | c>d   |
          a>b b>c     | c>a   | c -> a -> b -> c
          a>b b>c     | c>x,a | c -> a -> b -> c
          a>b         | a>a   | a -> a
          a>b b>a     | c>a   |
          a>b b>a     | b>x   |
          a>b,c b>d c>d d>e | e>f |
          a>b,c b>d c>d d>e | e>a | e -> a -> b -> d -> e
          a>b,c b>d c>d d>e | e>d,a | e -> d -> e
          """)
  void whoWouldWaitForItself(String there, String comes, String way) {
    var world = new World();
    for (String each : there.split(" ")) {
      String[] parts = each.split(">");
      world.apply(new Command.CreateService("id-" + parts[0], spec(parts[0], parts[1]), NOW));
    }
    String[] parts = comes.split(">");
    ServiceAdditions additions = ServiceAdditions.of(spec(parts[0], parts[1]));
    assertThat(String.join(" -> ", Dependencies.cycle(world.state(), parts[0], additions)))
        .isEqualTo(way == null ? "" : way);
  }

  /// As long as there may be: no way is too long to be followed.
  @Test
  void aLongChain() {
    var world = new World();
    for (int i = 0; i < 20_000; i++) {
      world.apply(new Command.CreateService("id" + i, spec("s" + i, "s" + (i + 1)), NOW));
    }
    assertThat(
            Dependencies.cycle(world.state(), "s20000", ServiceAdditions.of(spec("s20000", "s0"))))
        .hasSize(20_002);
  }
}
