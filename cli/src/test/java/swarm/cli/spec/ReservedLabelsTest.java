package swarm.cli.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReservedLabelsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// @param words `option=value`
  private static OptionValues given(String words) {
    var values = new TreeMap<String, String>();
    for (String word : words.split(" ")) {
      values.put(
          "--" + word.substring(0, word.indexOf('=')), word.substring(word.indexOf('=') + 1));
    }
    return new OptionValues() {
      @Override
      public boolean given(String option) {
        return values.containsKey(option);
      }

      @Override
      public String text(String option) {
        return values.getOrDefault(option, "");
      }

      @Override
      public List<String> list(String option) {
        return given(option) ? List.of(text(option)) : List.of();
      }
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "priority=-5              | {}                     | {'swarm.priority':'-5'}",
        "depends-on=db:service_healthy,a | {'x':'y'}       | {'x':'y','swarm.depends-on':'db:service_healthy,a'}",
        "schedule=@daily schedule-timezone=UTC | {} | {'swarm.schedule':'@daily','swarm.schedule.timezone':'UTC'}",
        "schedule=none            | {'swarm.schedule':'@daily','swarm.schedule.history':'3','swarm.scheduled':'z'} | {'swarm.scheduled':'z'}",
        "schedule-history=none    | {'swarm.schedule':'@daily','swarm.schedule.history':'3'} | {'swarm.schedule':'@daily'}",
        "canary=none              | {'swarm.canary':'1','swarm.canary.window':'1m'} | {}",
        "rebalance=true           | {}                     | {'swarm.rebalance':'auto'}",
        "rebalance=false          | {'swarm.rebalance':'auto'} | {}",
        "affinity=client-ip       | {}                     | {'swarm.affinity':'client-ip'}",
        "affinity=none            | {'swarm.affinity':'client-ip'} | {}",
        "other=1                  | {'a':'b'}              | {'a':'b'}",
      })
  void optionsBecomeLabels(String options, String before, String after) throws Exception {
    ObjectNode spec = JSON.createObjectNode();
    spec.set("Labels", JSON.readTree(before.replace('\'', '"')));
    ReservedLabels.apply(spec, given(options));
    assertThat(spec.path("Labels")).isEqualTo(JSON.readTree(after.replace('\'', '"')));
  }

  @Test
  void aJobWhoseScheduleEndsDoesNotRunAtOnce() throws Exception {
    ObjectNode job = JSON.createObjectNode();
    job.withObject("/Mode/ReplicatedJob");
    job.withObject("/Labels").put("swarm.schedule", "@daily").put("swarm.schedule.history", "3");
    ReservedLabels.apply(job, given("schedule=none"));
    assertThat(job.path("Labels")).hasToString("{\"swarm.schedule\":\"none\"}");
  }

  @Test
  void theyAreNamedAsTheLabelsAre() {
    assertThat(ReservedLabels.options())
        .extracting(ReservedLabels.Option::name)
        .contains("--depends-on", "--schedule-overlap", "--canary-approval");
  }

  @Test
  void howManyOfAJobGoOnAtOnceMayBeChanged() throws Exception {
    ObjectNode job = JSON.createObjectNode();
    job.withObject("/Mode/ReplicatedJob").put("MaxConcurrent", 1).put("TotalCompletions", 5);
    ServiceUpdate.apply(job, given("max-concurrent=3"), Map.of(), Map.of());
    assertThat(job.at("/Mode/ReplicatedJob").toString())
        .isEqualTo("{\"MaxConcurrent\":3,\"TotalCompletions\":5}");
  }
}
