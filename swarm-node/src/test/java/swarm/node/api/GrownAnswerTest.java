package swarm.node.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GrownAnswerTest {
  private final List<String> whole = new ArrayList<>();
  private final List<ByteArrayOutputStream> pieces = new ArrayList<>();

  private GrownAnswer answer() {
    return new GrownAnswer(
        10,
        answer -> whole.add(new String(answer, java.nio.charset.StandardCharsets.US_ASCII)),
        () -> {
          pieces.add(new ByteArrayOutputStream());
          return pieces.getLast();
        });
  }

  private static void write(GrownAnswer answer, String... texts) throws IOException {
    for (String text : texts) {
      answer.write(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
  }

  @Test
  void aShortOneIsSentOnceItIsWhole() throws IOException {
    GrownAnswer answer = answer();
    write(answer, "12345", "67890");
    assertThat(whole).isEmpty();
    answer.close();
    assertThat(whole).containsExactly("1234567890");
    assertThat(pieces).isEmpty();
  }

  @Test
  void aLongOneIsSentAsItGrows() throws IOException {
    GrownAnswer answer = answer();
    write(answer, "12345", "678901");
    assertThat(pieces).singleElement().hasToString("12345678901");
    answer.write('2');
    answer.close();
    assertThat(pieces).singleElement().hasToString("123456789012");
    assertThat(whole).isEmpty();
  }
}
