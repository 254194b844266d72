package swarm.runtime.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformTest {
  @ParameterizedTest
  @CsvSource({
    "linux, linux/amd64",
    "linux/amd64, linux/amd64",
    "Linux/X86_64, linux/amd64",
    "amd64, linux/amd64",
    "aarch64, linux/arm64",
    "linux/arm64/v8, linux/arm64",
    "linux/arm/v7, linux/arm/v7",
    "armhf, linux/arm/v7",
    "windows, windows/amd64",
    "linux/foo, linux/foo",
  })
  void names(String text, String platform) throws ImageException {
    assertThat(Platform.parse(text, "amd64")).hasToString(platform);
  }

  @ParameterizedTest
  @CsvSource({"foo", "''", "linux/", "/amd64", "linux/a/b/c", "linux/a b"})
  void whatIsNone(String text) {
    assertThatThrownBy(() -> Platform.parse(text, "amd64"))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.kind()).isEqualTo(ImageException.Kind.INVALID))
        .hasMessageStartingWith("\"" + text + "\": ");
  }

  @ParameterizedTest
  @CsvSource({
    "linux/amd64, linux/amd64, true",
    "linux/arm, linux/arm/v7, true",
    "linux/arm/v6, linux/arm/v7, false",
    "linux/arm64, linux/arm64/v8, true",
    "linux/amd64, linux/arm64, false",
    "linux/amd64, windows/amd64, false",
  })
  void whatWillDo(String wanted, String offered, boolean fits) throws ImageException {
    assertThat(Platform.parse(wanted, "x").accepts(Platform.parse(offered, "x"))).isEqualTo(fits);
  }
}
