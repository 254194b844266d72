package swarm.runtime.build;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import swarm.runtime.dockerfile.Dockerfile;
import swarm.runtime.dockerfile.DockerfileException;
import swarm.runtime.dockerfile.Instruction;
import swarm.runtime.image.ConfigEditor;

class RunWordsTest {
  private static RunWords of(String text, String... shell) throws DockerfileException {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    for (String word : shell) {
      config.withArray("/Shell").add(word);
    }
    Instruction one =
        Dockerfile.read("FROM scratch\n" + text).stages().getFirst().instructions().getFirst();
    if (one instanceof Instruction.Run run) {
      return RunWords.of(run, new ConfigEditor(config, '\\'));
    }
    throw new AssertionError(text + " is no RUN");
  }

  @Test
  void aShellOrTheProgramItself() throws DockerfileException {
    assertThat(of("RUN a $b").command()).containsExactly("/bin/sh", "-c", "a $b");
    assertThat(of("RUN a", "/bin/bash", "-ec").command()).containsExactly("/bin/bash", "-ec", "a");
    assertThat(of("RUN [\"a\", \"b c\"]").command()).containsExactly("a", "b c");
  }

  @Test
  void aHereDocumentAloneIsWhatTheShellRuns() throws DockerfileException {
    RunWords words = of("RUN <<EOF\necho $a\n  echo b\nEOF\n");
    assertThat(words.command()).containsExactly("/bin/sh", "-c", "echo $a\n  echo b\n");
    assertThat(words.script()).isEmpty();
    assertThat(of("RUN <<-EOF\n\techo a\n\tEOF\n").command())
        .containsExactly("/bin/sh", "-c", "echo a\n");
  }

  @Test
  void beganByAProgramItIsThatProgramsInput() throws DockerfileException {
    RunWords words = of("RUN <<one cat; cat <<two\na\none\nb\ntwo\n");
    assertThat(words.command())
        .containsExactly("/bin/sh", "-c", "<<one cat; cat <<two\na\none\nb\ntwo");
    assertThat(words.script()).isEmpty();
  }

  @Test
  void oneThatNamesItsInterpreterIsAProgramOfItsOwn() throws DockerfileException {
    RunWords words = of("RUN <<EOF\n#!/usr/bin/env python3\nprint(1)\nEOF\n");
    assertThat(words.command()).containsExactly("/dev/pipes/EOF");
    assertThat(words.script().orElseThrow().content())
        .isEqualTo("#!/usr/bin/env python3\nprint(1)\n");
    // beside a command it is that one's input, whatever it begins with
    assertThat(of("RUN sh <<EOF\n#!/bin/sh\nEOF\n").script()).isEmpty();
  }

  @Test
  void aLaterBuildKnowsItByValuesAndScript() throws DockerfileException {
    var counted = new TreeMap<>(Map.of("B", "2", "A", "1"));
    RunWords plain = of("RUN a");
    assertThat(plain.known(false, Map.of())).isEqualTo(plain.command());
    assertThat(plain.known(true, counted))
        .containsExactly("|2", "A=1", "B=2", "/bin/sh", "-c", "a");
    assertThat(plain.known(true, Map.of())).startsWith("|0"); // values that do not count
    List<String> one = of("RUN <<E\n#!/a\n1\nE\n").known(false, Map.of());
    List<String> other = of("RUN <<E\n#!/a\n2\nE\n").known(false, Map.of());
    assertThat(one).hasSize(2).startsWith("/dev/pipes/E");
    assertThat(one.getLast()).matches("#[0-9a-f]{64}").isNotEqualTo(other.getLast());
  }
}
