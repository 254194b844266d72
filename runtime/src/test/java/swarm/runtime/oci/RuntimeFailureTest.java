package swarm.runtime.oci;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuntimeFailureTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "time=\"2024-01-01T00:00:00Z\" level=error msg=\"runc create failed: unable to start container process: exec: \\\"x\\\": executable file not found in $PATH\" | runc create failed: unable to start container process: exec: \"x\": executable file not found in $PATH | 127",
        "time=\"t\" level=warning msg=\"odd\" time=\"t\" level=error msg=\"exec: \\\"/etc\\\": permission denied\" | exec: \"/etc\": permission denied | 126",
        "executable file `x` not found in $PATH: No such file or directory | executable file `x` not found in $PATH: no such file or directory | 127",
        "open executable: Permission denied | open executable: permission denied | 126",
        "something else | something else | 128",
      })
  void saysWhyAndWithWhichCode(String output, String message, int code) {
    var failure = new RuntimeFailure(output);
    assertThat(failure).hasMessage(message);
    assertThat(failure.exitCode()).isEqualTo(code);
  }
}
