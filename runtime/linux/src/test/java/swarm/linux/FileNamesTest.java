package swarm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileNamesTest {
  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "616263", // abc
        "636166c3a9", // UTF-8
        "636166e9", // Latin-1
        "e9",
        "ff",
        "80",
        "c3",
        "e282",
        "f09f98", // cut short
        "f09f9880", // beyond the first plane
        "f09f9880e9", // ... with a byte behind it
        "e9f09f9880",
        "eda080",
        "edb280", // surrogates in UTF-8, which it does not have
        "c0af",
        "efbfbd",
        "612fe92f62"
      })
  void theWayThereAndBackLosesNothing(String name) {
    assertThat(FileNames.bytes(FileNames.text(hex(name)))).isEqualTo(hex(name));
  }

  @Test
  void whatIsNotUtf8IsShownAsGoShowsIt() {
    assertThat(FileNames.shown(FileNames.text(hex("636166e9")))).isEqualTo("caf\uFFFD");
    assertThat(FileNames.shown("caf\u00e9 \uD83D\uDE00")).isEqualTo("caf\u00e9 \uD83D\uDE00");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"616263", "636166c3a9", "636166e9", "ff20252322e9", "efbfbd", "f09f9880e9"})
  void namesOnTheDiskAreThoseBytes(String hex, @TempDir Path folder) throws Exception {
    String name = FileNames.text(hex(hex));
    Path file = Files.createFile(FileNames.in(folder, name));
    Path made = Files.createDirectory(FileNames.in(folder, name + "d"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), FileNames.path("../" + name));
    Path absolute = Files.createSymbolicLink(folder.resolve("abs"), FileNames.path("/x/" + name));

    assertThat(FileNames.of(file)).isEqualTo(name);
    assertThat(FileNames.of(made)).isEqualTo(name + "d");
    assertThat(FileNames.target(link)).isEqualTo("../" + name);
    assertThat(FileNames.target(absolute)).isEqualTo("/x/" + name);
    try (var all = Files.newDirectoryStream(folder, p -> Files.isRegularFile(p))) {
      assertThat(all).extracting(FileNames::of).containsExactly(name);
    }
    assertThat(FileNames.in(folder, "plain")).isEqualTo(folder.resolve("plain"));
    assertThat("abc".getBytes(StandardCharsets.UTF_8)).isEqualTo(FileNames.bytes("abc"));
  }

  @Test
  void noNameHasAZero(@TempDir Path folder) {
    String name = FileNames.text(hex("6100e9"));
    assertThatThrownBy(() -> FileNames.in(folder, name)).isInstanceOf(InvalidPathException.class);
    assertThatThrownBy(() -> RootedFiles.find(folder, name))
        .isInstanceOf(InvalidPathException.class);
  }

  @Test
  void pathsAsTextsKeepTheirBytes(@TempDir Path folder) {
    String odd = folder + "/\uDCFF/x";
    assertThat(FileNames.whole(FileNames.path(odd))).isEqualTo(odd);
    assertThat(FileNames.whole(FileNames.path(folder + "//\uDCFF///x/"))).isEqualTo(odd);
    assertThat(FileNames.whole(Path.of("plain"))).isEqualTo("plain");
  }
}
