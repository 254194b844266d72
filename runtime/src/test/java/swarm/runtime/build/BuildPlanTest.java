package swarm.runtime.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.runtime.dockerfile.Dockerfile;
import swarm.runtime.dockerfile.DockerfileException;

class BuildPlanTest {
  private static BuildPlan plan(String text, String target, Map<String, String> variables)
      throws DockerfileException {
    return BuildPlan.of(Dockerfile.read(text.replace(';', '\n')), target, 0, variables);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "FROM x | '' | {0=[]} | 1",
        "FROM x;RUN a;FROM y;RUN b | '' | {1=[]} | 2",
        "FROM x AS a;RUN a;FROM y;COPY --from=a /a /b | '' | {0=[], 1=[0]} | 4",
        "FROM x AS a;FROM y AS b;FROM a;COPY --from=1 /a /b | '' | {0=[], 1=[], 2=[0, 1]} | 4",
        "FROM x AS a;FROM a AS b;FROM b | '' | {0=[], 1=[0], 2=[1]} | 3",
        "FROM x AS a;FROM y AS b;FROM a | b | {1=[]} | 1",
        "FROM x AS a;COPY --from=other /a /b | '' | {0=[]} | 2",
        "ARG V=a;FROM x AS a;FROM $V | '' | {0=[], 1=[0]} | 3",
      })
  void onlyWhatTheTargetNeeds(String file, String target, String needs, int steps)
      throws DockerfileException {
    BuildPlan plan = plan(file, target, Map.of("V", "a"));
    assertThat(plan.needs()).hasToString(needs);
    assertThat(plan.steps()).isEqualTo(steps);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "FROM x;COPY --from=0 a /b | '' | line 2: invalid from flag value 0: refers to current build stage",
        "FROM x;COPY --from=2 a /b | '' | line 2: invalid from flag value 2: index out of bounds",
        "FROM $N | '' | line 1: base name ($N) should not be blank",
        "FROM x AS a | b | target stage \"b\" could not be found",
      })
  void whatCannotBe(String file, String target, String why) {
    assertThatThrownBy(() -> plan(file, target, Map.of()))
        .isInstanceOf(DockerfileException.class)
        .hasMessageContaining(why);
  }

  /// Every stage that is needed comes after those that it needs, and its steps have numbers of
  /// their own.
  @Property(tries = 500)
  void needsLeadBackwards(
      @ForAll @Size(min = 1, max = 12) java.util.List<@IntRange(max = 12) Integer> uses)
      throws DockerfileException {
    var text = new StringBuilder();
    for (int i = 0; i < uses.size(); i++) {
      text.append("FROM x AS s").append(i).append('\n');
      if (uses.get(i) < i) {
        text.append("COPY --from=s").append(uses.get(i)).append(" /a /b\n");
      }
    }
    BuildPlan plan = plan(text.toString(), "", Map.of());
    Set<Integer> firsts = new TreeSet<>(plan.firstSteps().values());
    assertThat(firsts).hasSameSizeAs(plan.needs().keySet());
    plan.needs()
        .forEach(
            (stage, needed) -> {
              assertThat(needed).allMatch(other -> other < stage);
              assertThat(plan.needs().keySet()).containsAll(needed);
            });
  }

  @Test
  void argumentsAreTheUsersOverTheFilesDefault() {
    var all = new BuildArguments(Map.of("A", Optional.of("given"), "B", Optional.empty()));
    all.declareBefore("M", Optional.of("before"));
    BuildArguments stage = all.forStage();
    assertThat(stage.declared()).isEmpty();
    stage.declare("A", Optional.of("default"));
    stage.declare("B", Optional.of("default"));
    stage.declare("M", Optional.empty());
    stage.declare("N", Optional.empty());
    assertThat(stage.declared()).isEqualTo(Map.of("A", "given", "B", "default", "M", "before"));
    assertThat(stage.beside(Set.of("A"))).isEqualTo(Map.of("B", "default", "M", "before"));
    assertThat(stage.unused(stage.referenced())).isEmpty();
    assertThat(all.unused(Set.of("A"))).containsExactly("B");
    assertThat(stage.counts("HTTP_PROXY")).isFalse();
  }
}
