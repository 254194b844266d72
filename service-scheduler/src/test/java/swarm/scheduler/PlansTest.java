package swarm.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import swarm.scheduler.sim.Script;

/// Every scenario under `src/test/resources/plans` plays as it is written there. After a change
/// that is meant, `mvn test -pl service-scheduler -Dtest=PlansTest -Dgolden.rewrite=true` writes
/// them anew: commit only what you understand.
class PlansTest {
  private static final Path PLANS = Path.of("src/test/resources/plans");

  @TestFactory
  Stream<DynamicTest> scenarios() throws IOException {
    try (Stream<Path> files = Files.list(PLANS)) {
      return files.filter(f -> f.toString().endsWith(".txt")).sorted().toList().stream()
          .map(f -> DynamicTest.dynamicTest(f.getFileName().toString(), () -> play(f)));
    }
  }

  private static void play(Path file) throws IOException {
    String expected = Files.readString(file);
    String played = play(expected);
    if (Boolean.getBoolean("golden.rewrite")) {
      Files.writeString(file, played);
    } else {
      assertThat(played).isEqualTo(expected);
    }
  }

  /// The same text, with what really happens below each `----`.
  private static String play(String text) {
    var script = new Script();
    var out = new StringBuilder();
    var block = new ArrayList<String>();
    boolean expecting = false;
    for (String line : text.lines().toList()) {
      if (expecting) {
        if (line.isBlank()) {
          expecting = false;
          out.append('\n');
        }
        continue; // what happened when the file was written
      }
      out.append(line).append('\n');
      if (line.equals("----")) {
        out.append(script.run(List.copyOf(block)));
        block.clear();
        expecting = true;
      } else if (!line.isBlank() && !line.startsWith("#")) {
        block.add(line);
      }
    }
    return out.toString();
  }
}
