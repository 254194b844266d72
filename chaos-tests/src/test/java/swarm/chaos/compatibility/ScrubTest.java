package swarm.chaos.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ScrubTest {
  @ParameterizedTest
  @CsvSource({
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef, <id>",
    "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef, <digest>",
    "SWMTKN-1-0123456789abcdefghijklmnopqrstuvwxyz0123456789abcd-0123456789abcdefghijklmno x, <token> x",
    "id 0123456789abcdefghijklmno., id <swarm-id>.",
    "at 10.77.0.1:2377 not 10.77.0.9, at <address>:2377 not 10.77.0.9",
    "0123456789ab  web:1, <short-id>  web:1",
    "321929778140: Pushed, <short-id>: Pushed",
    "321929778140, <short-id>",
    "at 321929778140, at 321929778140",
    "123456789012 is a number, 123456789012 is a number",
    "2026-11-22T12:13:14.123456789Z hello, <time> hello",
    "2026-11-22 12:13:14 +0000 UTC, <time>",
    "Up 3 seconds, Up <age>",
    "Exited (0) Less than a second ago, Exited (0) <age>",
    "About a minute ago, <age>",
    "02:42:ac:11:00:02, <mac>",
    "NAME        IMAGE    X, NAME  IMAGE  X",
    "web:1  happy_turing4, web:1  <made-up-name>",
    "'    indented   text  ', '    indented  text'"
  })
  void what_differs_between_runs_is_taken_out(String printed, String left) {
    assertThat(Scrub.output(printed + "\n", "", 0)).containsExactly(left);
  }

  @Test
  void standard_error_and_the_exit_code_are_told_apart() {
    assertThat(Scrub.output("a\n\nb", "c\r\n", 125))
        .isEqualTo(List.of("a", "", "b<no newline>", "2> c<CR>", "[125]"));
    assertThat(Scrub.output("", "", 0)).isEmpty();
  }
}
