package swarm.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ExactArgumentsTest {
  private static final String BAD = "\uFFFD";

  private static byte[] line(String... words) {
    var line = new ByteArrayOutputStream();
    for (String word : words) {
      line.writeBytes(word.getBytes(StandardCharsets.ISO_8859_1));
      line.write(0);
    }
    return line.toByteArray();
  }

  @Test
  void namesOfFilesHaveTheirBytes() {
    String[] decoded = {"cp", "c:/" + BAD + "x", "caf" + BAD, ""};
    assertThat(
            ExactArguments.of(
                decoded, line("java", "-cp", "\u00ff", "cp", "c:/\u00ffx", "caf\u00e9", "")))
        .containsExactly("cp", "c:/\uDCFFx", "caf\uDCE9", "");
  }

  @Test
  void whatComesBeforeTheCommandStaysAsItWas() {
    String[] decoded = {"--config", BAD, "build", "-f", BAD};
    assertThat(
            ExactArguments.of(decoded, line("java", "--config", "\u00ff", "build", "-f", "\u00fe")))
        .containsExactly("--config", BAD, "build", "-f", "\uDCFE");
  }

  @Test
  void otherCommandsSendJson() {
    String[] decoded = {"run", "box", BAD};
    assertThat(ExactArguments.of(decoded, line("java", "run", "box", "\u00ff")))
        .containsExactly(decoded);
  }

  @Test
  void whatTheKernelHasMustBeTheSame() {
    String[] decoded = {"cp", BAD, "x"};
    assertThat(ExactArguments.of(decoded, line("java", "cp", "\u00ff", "y")))
        .containsExactly(decoded);
    assertThat(ExactArguments.of(decoded, line("x"))).containsExactly(decoded);
  }
}
