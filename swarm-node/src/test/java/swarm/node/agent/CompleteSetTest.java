package swarm.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.node.rpc.SessionMessages;
import swarm.node.testing.Tasks;
import swarm.scheduler.model.Task;

class CompleteSetTest {
  /// `whole:a,b`, `part:a,b` of a whole set, `change:a,b`, `session` for a new one.
  private static String known(String message, CompleteSet set) {
    if (message.equals("session")) {
      set.begin();
      return "";
    }
    String kind = message.substring(0, message.indexOf(':'));
    List<Task> tasks =
        Arrays.stream(message.substring(kind.length() + 1).split(","))
            .filter(id -> !id.isEmpty())
            .map(id -> Tasks.assigned(id, ""))
            .toList();
    var assignments =
        new SessionMessages.Assignments(
            1, !kind.startsWith("change"), !kind.endsWith("whole"), tasks, List.of(), null);
    return set.add(assignments).map(all -> String.join(",", new TreeSet<>(all)) + ";").orElse("");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "one part is all          | session whole:a,b                            | a,b;",
        "of nothing               | session whole:                               | ;",
        "two parts                | session part:a,b whole:c                     | a,b,c;",
        "three parts              | session part:a part:b whole:c                | a,b,c;",
        "without the last nothing | session part:a part:b                        | ''",
        "the last may be empty    | session part:a whole:                        | a;",
        "changes are never whole  | session whole:a change:b                     | a;",
        "not even in parts        | session whole:a changepart:b changewhole:c   | a;",
        "a break starts anew      | session part:a,b session part:c whole:d      | c,d;",
        "a set ends with its last | session part:a whole:b whole:c               | a,b;c;",
      })
  void whenTheSetIsWhole(String why, String messages, String known) {
    var set = new CompleteSet();

    assertThat(
            Arrays.stream(messages.split(" "))
                .map(message -> known(message, set))
                .collect(Collectors.joining()))
        .as(why)
        .isEqualTo(known);
  }
}
