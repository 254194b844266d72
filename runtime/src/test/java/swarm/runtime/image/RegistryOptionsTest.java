package swarm.runtime.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryOptionsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://mirror.example",
        "http://mirror.example:5000/",
        "https://10.0.0.1/docker-hub",
        "http://[::1]:5000"
      })
  void aMirrorIsAUrl(String mirror) throws IOException {
    assertThat(RegistryOptions.of(List.of(), List.of(mirror)).mirrors()).containsExactly(mirror);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "mirror.example",
        "mirror.example:5000",
        "ftp://mirror.example",
        "https://",
        "https:///path",
        "https://user:secret@mirror.example",
        "https://mirror.example?a=b",
        "https://mirror.example#a",
        "https://mirror.example:99999",
        "https://mirror example"
      })
  void whatIsNoneIsNamed(String mirror) {
    assertThatThrownBy(() -> RegistryOptions.of(List.of(), List.of("https://a", mirror)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(
            "--registry-mirror '" + mirror + "' must be http://HOST[:PORT] or https://HOST[:PORT]");
  }
}
