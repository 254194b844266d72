package swarm.runtime.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.runtime.dockerfile.Instruction.Argument;
import swarm.runtime.dockerfile.Instruction.Command;
import swarm.runtime.dockerfile.Instruction.Pair;

class DockerfileTest {
  private static Instruction one(String line) throws DockerfileException {
    return Dockerfile.read("FROM scratch\n" + line).stages().getFirst().instructions().getFirst();
  }

  private static Command run(String line) throws DockerfileException {
    return one(line) instanceof Instruction.Run run ? run.command() : new Command(true, List.of());
  }

  @Test
  void stagesWithTheirNamesAndLines() throws DockerfileException {
    Dockerfile file =
        Dockerfile.read(
            """
            # escape=\\
            ARG V=1
            FROM --platform=linux/amd64 base:$V AS First

            run a
            from first
            """);
    assertThat(file.arguments()).hasSize(1);
    assertThat(file.stages()).hasSize(2);
    Instruction.From first = file.stages().getFirst().from();
    assertThat(first.name()).isEqualTo("first");
    assertThat(first.platform()).isEqualTo("linux/amd64");
    assertThat(first.source().line()).isEqualTo(3);
    assertThat(file.stages().getFirst().instructions().getFirst().source())
        .isEqualTo(new Instruction.Source(5, "run", "run a"));
    assertThat(file.stage("FIRST")).hasValue(0);
  }

  @Test
  void commentsAndContinuedLines() throws DockerfileException {
    assertThat(run("RUN a \\\n  # why\n b \\  \n\n c"))
        .isEqualTo(new Command(false, List.of("a  b  c")));
    assertThat(run("RUN a \\\\\nRUN b").words()).containsExactly("a \\\\");
    assertThat(Dockerfile.read("FROM a\nRUN b \\\n\n c").warnings())
        .containsExactly("Empty continuation line found in:\n    RUN b  c");
    assertThat(run("  RUN\ta # b").words()).containsExactly("a # b");
    assertThat(Dockerfile.read("\uFEFF# escape=`\r\nFROM a\r\nRUN b `\r\n c\r\n").stages())
        .first()
        .extracting(stage -> stage.instructions().getFirst().source().text())
        .isEqualTo("RUN b  c");
  }

  @Test
  void shellAndExecForm() throws DockerfileException {
    assertThat(run("RUN [\"a\", \"b c\"]")).isEqualTo(new Command(true, List.of("a", "b c")));
    assertThat(run("RUN ['a']")).isEqualTo(new Command(false, List.of("['a']")));
    assertThat(run("RUN [ -f x ]")).isEqualTo(new Command(false, List.of("[ -f x ]")));
    assertThat(one("CMD []")).isInstanceOf(Instruction.Cmd.class);
  }

  @Test
  void hereDocuments() throws DockerfileException {
    var run = (Instruction.Run) one("RUN <<EOF\necho a\nEOF\nRUN b");
    assertThat(run.documents()).containsExactly(new HereDocument("EOF", true, false, "echo a\n"));
    var copy = (Instruction.Copy) one("COPY <<-'a_b' <<X f /t/\n\t1\na_b\n2\nX\n");
    assertThat(copy.documents())
        .containsExactly(
            new HereDocument("a_b", false, true, "\t1\n"),
            new HereDocument("X", true, false, "2\n"));
    assertThat(copy.documents().getFirst().text()).isEqualTo("1\n");
    assertThat(copy.sources()).containsExactly("f");
    var python = (Instruction.Run) one("RUN python3 <<E - <<F\n1\nE\n2\nF\n");
    assertThat(python.documents()).hasSize(2);
    assertThat(((Instruction.Run) one("RUN echo $((1<<2))")).documents()).isEmpty();
    assertThat(((Instruction.OnBuild) one("ONBUILD RUN <<E\nx\nE\n")).trigger())
        .isEqualTo("RUN <<E\nx\nE");
  }

  @Test
  void namesAndValues() throws DockerfileException {
    assertThat(((Instruction.Env) one("ENV a=1 b=\"x y\" c=\\ d")).pairs())
        .containsExactly(new Pair("a", "1"), new Pair("b", "\"x y\""), new Pair("c", "\\ d"));
    assertThat(((Instruction.Env) one("ENV a  1 = 2")).pairs())
        .containsExactly(new Pair("a", "1 = 2"));
    assertThat(((Instruction.Label) one("LABEL a.b='c d'")).pairs())
        .containsExactly(new Pair("a.b", "'c d'"));
    assertThat(((Instruction.Arg) one("ARG a b=1 c=")).arguments())
        .containsExactly(
            new Argument("a", Optional.empty()),
            new Argument("b", Optional.of("1")),
            new Argument("c", Optional.of("")));
  }

  @Test
  void flags() throws DockerfileException {
    var copy = (Instruction.Copy) one("COPY --from=a --chown=1:2 --chmod=755 --link b c /d");
    assertThat(copy.from()).isEqualTo("a");
    assertThat(copy.chown()).isEqualTo("1:2");
    assertThat(copy.chmod()).isEqualTo("755");
    assertThat(copy.sources()).containsExactly("b", "c");
    assertThat(((Instruction.Run) one("RUN --mount=type=cache,target=/x a")).flags())
        .containsExactly("mount");
    assertThat(((Instruction.Copy) one("COPY [\"a b\", \"/c\"]")).sources()).containsExactly("a b");
  }

  @Test
  void healthChecks() throws DockerfileException {
    var check =
        (Instruction.HealthCheck)
            one("HEALTHCHECK --interval=1m30s --retries=3 CMD curl --fail x || exit 1");
    assertThat(check.test()).containsExactly("CMD-SHELL", "curl --fail x || exit 1");
    assertThat(check.interval()).isEqualTo(Duration.ofSeconds(90));
    assertThat(check.retries()).isEqualTo(3);
    assertThat(((Instruction.HealthCheck) one("HEALTHCHECK none")).test()).containsExactly("NONE");
    assertThat(((Instruction.HealthCheck) one("HEALTHCHECK CMD [\"a\"]")).test())
        .containsExactly("CMD", "a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | failed to parse Dockerfile: file with no instructions",
        "# x | failed to parse Dockerfile: file with no instructions",
        "FORM a | dockerfile parse error on line 1: unknown instruction: FORM",
        "RUN a | no build stage in current context (line 1: RUN a)",
        "FROM a;ENV x | line 2: ENV must have two arguments",
        "FROM a;ENV a=1 b | line 2: Syntax error - can't find = in \"b\". Must be of the form: name=value",
        "FROM a;ENV =1 | line 2: ENV names can not be blank",
        "FROM a;ENV | line 2: ENV requires at least one argument",
        "FROM a;;COPY a | line 3: COPY requires at least two arguments, but only one was provided. Destination could not be determined",
        "FROM a;COPY --form=b a /b | line 2: unknown flag: --form",
        "FROM a;COPY --from a /b | line 2: missing a value on flag: --from",
        "FROM a;COPY --link=x a /b | line 2: expecting boolean value for flag --link, not: x",
        "FROM a;COPY --chown=1 --chown=2 a /b | line 2: duplicate flag specified: --chown",
        "FROM a b | line 1: FROM requires either one or three arguments",
        "FROM a AS 1x | line 1: invalid name for build stage: \"1x\", name can't start with a number or contain symbols",
        "FROM a AS x;FROM b AS X | line 2: x stage name already used",
        "FROM a;CMD [1] | line 2: when using JSON array syntax, arrays must be comprised of strings only",
        "FROM a;SHELL sh -c | line 2: SHELL requires the arguments to be in JSON form",
        "FROM a;SHELL [] | line 2: SHELL requires at least one argument",
        "FROM a;ONBUILD ONBUILD RUN a | line 2: Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed",
        "FROM a;ONBUILD FROM a | line 2: FROM isn't allowed as an ONBUILD trigger",
        "FROM a;USER | line 2: USER requires exactly one argument",
        "FROM a;HEALTHCHECK NONE x | line 2: HEALTHCHECK NONE takes no arguments",
        "FROM a;HEALTHCHECK CMD | line 2: Missing command after HEALTHCHECK CMD",
        "FROM a;HEALTHCHECK FOO x | line 2: Unknown type \"FOO\" in HEALTHCHECK (try CMD)",
        "FROM a;HEALTHCHECK --interval=1 CMD x | line 2: time: invalid duration \"1\"",
        "FROM a;HEALTHCHECK --interval=1us CMD x | line 2: Interval \"interval\" cannot be less than 1ms",
        "FROM a;RUN <<E;x | line 2: unterminated heredoc",
        "FROM a;RUN --mound=x y | line 2: unknown flag: --mound",
        "# escape=x;FROM a | line 1: invalid escape token 'x' does not match ` or \\",
        "# escape=\\;# escape=\\;FROM a | only one escape parser directive can be used",
        "# syntax=example.org/other;FROM a | the frontend 'example.org/other', which only BuildKit could run",
      })
  void errorsNameTheirLine(String text, String message) {
    assertThatThrownBy(() -> Dockerfile.read(text.replace(';', '\n')))
        .isInstanceOf(DockerfileException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aLineHasALimit() {
    assertThatThrownBy(() -> Dockerfile.read("FROM a\nRUN " + "x".repeat(70_000)))
        .hasMessageContaining("line 2: dockerfile line greater than max allowed size of 65535");
  }

  /// Each would take minutes, or the stack, of a reader that goes back on its choices.
  @Test
  @Timeout(20)
  void noLineKeepsTheReaderBusy() {
    String blanks = " ".repeat(60_000);
    for (String text :
        List.of(
            "# escape=`" + blanks + "x\nFROM a",
            "# syntax=docker/dockerfile" + blanks + "x\nFROM a",
            "#" + blanks + "escape" + blanks.substring(10_000) + "x\nFROM a",
            "FROM a\nRUN <<" + blanks + "<",
            "FROM a\nCOPY <<" + blanks + "< /",
            "FROM a\nHEALTHCHECK --interval=" + "1s".repeat(30_000) + " CMD x",
            "FROM a\nHEALTHCHECK --interval=" + "1".repeat(60_000) + " CMD x",
            "FROM a\nCMD " + "[".repeat(60_000),
            "FROM a\nENV a=" + "${a:-".repeat(12_000),
            "FROM a\nRUN <<" + "A <<".repeat(15_000),
            "FROM a\nRUN a \\\n" + "b \\\n".repeat(500_000))) {
      try {
        assertThat(Dockerfile.read(text).stages()).hasSize(1);
      } catch (DockerfileException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }

  @Test
  @Timeout(20)
  void instructionsHaveALimit() throws DockerfileException {
    assertThat(Dockerfile.read("FROM a\n" + "ENV a=b\n".repeat(4_999)).stages()).hasSize(1);
    assertThatThrownBy(() -> Dockerfile.read("FROM a\n".repeat(100_000)))
        .hasMessage(
            "dockerfile parse error on line 5001: a Dockerfile of 100000 instructions: the limit"
                + " is 5000");
  }

  @Test
  void dockersOwnFrontendIsTheOneThatIsRead() throws DockerfileException {
    assertThat(Dockerfile.read("# syntax=docker/dockerfile:1.7\nFROM a").stages()).hasSize(1);
  }

  @Test
  void goWritesItSo() {
    assertThat(GoText.quote(List.of("a\"b", "c\n", "é", "\u0001")))
        .isEqualTo("[\"a\\\"b\" \"c\\n\" \"é\" \"\\x01\"]");
    assertThat(GoText.quote(0)).isEqualTo("'\\x00'");
    assertThat(GoText.duration(Duration.ofSeconds(90))).isEqualTo("1m30s");
    assertThat(GoText.duration(Duration.ofMillis(1500))).isEqualTo("1.5s");
    assertThat(GoText.duration(Duration.ofMillis(20))).isEqualTo("20ms");
    assertThat(GoText.duration(Duration.ofHours(1))).isEqualTo("1h0m0s");
    assertThat(GoText.duration(Duration.ZERO)).isEqualTo("0s");
  }

  @Provide
  static Arbitrary<String> files() {
    Arbitrary<String> words =
        Arbitraries.of(
            "FROM",
            "RUN",
            "COPY",
            "ADD",
            "ENV",
            "ARG",
            "LABEL",
            "CMD",
            "ENTRYPOINT",
            "EXPOSE",
            "VOLUME",
            "USER",
            "WORKDIR",
            "STOPSIGNAL",
            "HEALTHCHECK",
            "SHELL",
            "ONBUILD",
            "MAINTAINER",
            "scratch",
            "AS",
            "a",
            "a=1",
            "<<EOF",
            "EOF",
            "--from=a",
            "--chown=1",
            "[\"a\",\"b\"]",
            "[",
            "]",
            "$A",
            "${A:-b}",
            "${",
            "}",
            "\\",
            "\\\n",
            "\n",
            "\n",
            "\n",
            "# escape=`\n",
            "# c\n",
            "\"",
            "'",
            "`",
            "\t",
            " ",
            "=",
            "CMD",
            "NONE",
            "\u00a0");
    Arbitrary<String> noise = Arbitraries.strings().ascii().ofMaxLength(6);
    return Arbitraries.oneOf(words, words, words, noise)
        .list()
        .ofMaxSize(30)
        .map(l -> String.join(" ", l));
  }

  @Property(tries = 5000)
  void anythingIsAFileOrTheExpectedError(@ForAll("files") String text) {
    try {
      Dockerfile file = Dockerfile.read(text);
      assertThat(file.escape()).isIn('\\', '`');
    } catch (DockerfileException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  @Property(tries = 5000)
  void anythingIsAWordOrTheExpectedError(@ForAll("files") String text) {
    try {
      String word = Words.whole(text, java.util.Map.of("A", "x y", "a", ""), '\\');
      assertThat(word).isNotNull();
    } catch (DockerfileException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
