package swarm.runtime.oci;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class NamedRuntimeTest {
  @TempDir Path folder;

  private String program(String script) throws IOException {
    Path file = folder.resolve("runtime");
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file.toString();
  }

  @Test
  void whatIsInstalledIsTaken() throws IOException {
    assertThatCode(() -> NamedRuntime.check("runc")).doesNotThrowAnyException();
    String own = program("[ \"$1\" = --version ] && echo my-runtime version 1");
    assertThatCode(() -> NamedRuntime.check(own)).doesNotThrowAnyException();
  }

  @Test
  void whatIsNotThereIsNamed() throws IOException {
    assertThatThrownBy(() -> NamedRuntime.check("nosuchrunc"))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "--runtime nosuchrunc is no OCI runtime that can be used: no such program is"
                + " installed; give its path, or install it");
    Path plain = Files.writeString(folder.resolve("plain"), "");
    assertThatThrownBy(() -> NamedRuntime.check(plain.toString()))
        .hasMessageContaining(plain + " ")
        .hasMessageEndingWith("there is no such executable file");
  }

  @Test
  void whatCannotBeRunIsRefused() throws IOException {
    String broken = program("");
    Files.writeString(Path.of(broken), "#!/nosuch/shell\n");
    assertThatThrownBy(() -> NamedRuntime.check(broken))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("--runtime " + broken + " is no OCI runtime that can be used: ");
  }

  @Test
  void whatDoesNotKnowVersionIsRefusedWithItsWords() throws IOException {
    String other = program("echo unknown option $1 >&2; exit 3");
    assertThatThrownBy(() -> NamedRuntime.check(other))
        .hasMessageEndingWith("'--version' ended with exit code 3: unknown option --version");
  }

  @Test
  void whatDoesNotEndIsGivenUp() throws IOException {
    String endless = program("while true; do sleep 1; done");
    assertThatThrownBy(() -> NamedRuntime.check(endless, Duration.ofMillis(200)))
        .hasMessageEndingWith("'--version' did not end within 0.2 s");
  }
}
