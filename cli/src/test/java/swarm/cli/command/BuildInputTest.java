package swarm.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.cli.spec.InvalidValueException;

/// Where the Dockerfile of a build is: links are followed, as Docker's client does.
class BuildInputTest {
  @TempDir Path here;
  private Path context = Path.of("");

  @BeforeEach
  void aContext() throws Exception {
    context = Files.createDirectory(here.resolve("context"));
  }

  private record Sent(String dockerfile, Map<String, String> files) {}

  private Sent sent(String file) throws Exception {
    try (BuildInput input =
        BuildInput.open(context.toString(), file, InputStream.nullInputStream())) {
      var files = new LinkedHashMap<String, String>();
      var tar = new TarArchiveInputStream(input.stream(), "UTF-8");
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        files.put(entry.getName(), new String(tar.readAllBytes(), StandardCharsets.UTF_8));
      }
      input.finish();
      return new Sent(input.dockerfile(), files);
    }
  }

  @Test
  void behindALinkThatIsLeftOut() throws Exception {
    Files.createDirectory(context.resolve("docker"));
    Files.writeString(context.resolve("docker/Real"), "FROM a");
    Files.writeString(context.resolve("docker/Other"), "FROM b");
    Files.createSymbolicLink(context.resolve("Dockerfile"), Path.of("docker/Real"));
    Files.writeString(context.resolve(".dockerignore"), "docker\nDockerfile\n");
    Sent sent = sent("");
    assertThat(sent.dockerfile()).isEqualTo("docker/Real");
    assertThat(sent.files()).containsOnlyKeys(".dockerignore", "docker/Real");
    assertThat(sent(context.resolve("Dockerfile").toString())).isEqualTo(sent);
  }

  @Test
  void aLinkOutOfTheContextThatIsNamed() throws Exception {
    Files.writeString(here.resolve("Outside"), "FROM out");
    Path link = Files.createSymbolicLink(context.resolve("L"), Path.of("../Outside"));
    Sent sent = sent(link.toString());
    assertThat(sent.dockerfile()).startsWith(".dockerfile.");
    assertThat(sent.files()).containsEntry(sent.dockerfile(), "FROM out");
  }

  @Test
  void aUsualOneThatLeadsOut() throws Exception {
    Files.writeString(here.resolve("Outside"), "FROM out");
    Files.createSymbolicLink(context.resolve("Dockerfile"), Path.of("../Outside"));
    assertThatThrownBy(() -> sent(""))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("unable to open Dockerfile: ")
        .hasMessageContaining("--file");
  }

  @Test
  void oneThatIsNowhere() {
    assertThatThrownBy(() -> sent(""))
        .hasMessageContaining(
            "unable to evaluate symlinks in Dockerfile path: lstat "
                + context
                + "/Dockerfile: no such file or directory");
    assertThatThrownBy(() -> sent(context.toString())).hasMessageContaining("is a directory");
  }
}
