package swarm.node.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.runtime.image.ImageException;
import swarm.runtime.image.Platform;

class PlatformWordsTest {
  private static final Platform AMD64 = Platform.linux("amd64");
  private static final Platform ARM64 = Platform.linux("arm64");

  @ParameterizedTest
  @CsvSource({"''", "linux", "linux/amd64", "amd64", "LINUX/x86_64"})
  void theImageIsWhatIsWanted(String asked) throws ImageException {
    assertThat(PlatformWords.check("web:1", asked, AMD64, "amd64")).isEmpty();
  }

  @Test
  void anImageThatIsForAnotherMachineIsWarnedOf() throws ImageException {
    assertThat(PlatformWords.check("web:1", "", ARM64, "amd64"))
        .hasValue(
            "The requested image's platform (linux/arm64) does not match the detected host platform"
                + " (linux/amd64) and no specific platform was requested");
    assertThat(PlatformWords.check("web:1", "linux/arm64/v8", ARM64, "amd64")).isEmpty();
    assertThat(PlatformWords.check("old", "", Platform.linux(""), "amd64")).isEmpty();
  }

  @Test
  void anotherImageThanWasAskedForIsNotFound() {
    assertThatThrownBy(() -> PlatformWords.check("web:1", "linux/foo", AMD64, "amd64"))
        .isInstanceOfSatisfying(
            ImageException.class,
            e -> assertThat(e.kind()).isEqualTo(ImageException.Kind.NOT_FOUND))
        .hasMessage(
            "image with reference web:1 was found but does not match the specified platform: wanted"
                + " linux/foo, actual: linux/amd64");
  }
}
