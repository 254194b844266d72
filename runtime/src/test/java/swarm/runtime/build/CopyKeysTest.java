package swarm.runtime.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// By what a later build knows that it would copy the same: a `COPY` must not be found in the cache
/// where it would make other files, and must be where only times differ.
class CopyKeysTest {
  @TempDir Path folder;
  private int number;

  /// @param entries `NAME=CONTENT`, `NAME->LINK`, `NAME=>HARD LINK`, or `NAME/`
  private byte[] tar(String entries, long time) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(bytes, StandardCharsets.UTF_8.name())) {
      for (String one : entries.split(" ", -1)) {
        TarArchiveEntry entry;
        byte[] content = new byte[0];
        if (one.contains("->")) {
          entry = new TarArchiveEntry(one.substring(0, one.indexOf('-')), TarConstants.LF_SYMLINK);
          entry.setLinkName(one.substring(one.indexOf('>') + 1));
        } else if (one.contains("=>")) {
          entry = new TarArchiveEntry(one.substring(0, one.indexOf('=')), TarConstants.LF_LINK);
          entry.setLinkName(one.substring(one.indexOf('>') + 1));
        } else if (one.endsWith("/")) {
          entry = new TarArchiveEntry(one);
        } else {
          entry = new TarArchiveEntry(one.substring(0, one.indexOf('=')));
          content = one.substring(one.indexOf('=') + 1).getBytes(StandardCharsets.UTF_8);
          entry.setSize(content.length);
        }
        entry.setLastModifiedTime(FileTime.from(Instant.ofEpochSecond(time)));
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private String key(String entries, String source, long time) throws Exception {
    Path own = Files.createDirectory(folder.resolve("context" + number++));
    try (BuildContext context =
        BuildContext.unpack(new ByteArrayInputStream(tar(entries, time)), own)) {
      List<CopyItem> items = CopyItem.of(context.tree(), source, true);
      return CopyItem.sum(items) + " " + CopyItem.beside(items);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a=1 | a=2 | a",
        "d/ d/a=1 | d/ d/a=2 | d",
        "d/ d/a=1 | d/ d/b=1 | d",
        "d/ d/l->none | d/ d/l->other | d",
        "d/ d/l->/usr/lib/1 | d/ d/l->/usr/lib/2 | .",
        "d/ d/a=1 a=1 d/l->a | d/ d/a=1 a=1 d/l->/a | d",
        "d/ d/a=1 d/l->a | d/ d/a=1 d/l->./a | d",
        "a=1 d/ d/b=>a | a=2 d/ d/b=>a | d",
        "a=1 b=>a | a=2 b=>a | b",
        "a=1 a=2 | a=1 a=3 | a",
        "a=1 a=2 | a=1 a=3 | .",
        "d/ l->d d/a=1 l/a=2 | d/ l->d d/a=1 l/a=3 | d/a",
        "d/ l->d l/a=2 | d/ l->d l/a=3 | d/a",
        "d/ l->d l/a=2 | d/ l->d l/a=3 | d",
      })
  void otherFilesAreAnotherStep(String one, String other, String source) throws Exception {
    assertThat(key(one, source, 1)).isNotEqualTo(key(other, source, 1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a=1 | a",
        "d/ d/a=1 d/l->a d/m->none | d",
        "a=1 b=>a | .",
        "a=1 a=2 | a",
      })
  void anotherTimeIsNot(String entries, String source) throws Exception {
    assertThat(key(entries, source, 1)).isEqualTo(key(entries, source, 2));
  }

  /// Docker's sums are of what a link leads to: a name of its own makes another file.
  @Test
  void aFileUnderTheNameOfALinkIsAnotherStep() throws Exception {
    String tree = "real=1 one.conf->real two.conf->real";
    assertThat(key(tree, "one.conf", 1)).isNotEqualTo(key(tree, "two.conf", 1));
    assertThat(key(tree, "real", 1)).isNotEqualTo(key(tree, "one.conf", 1));
    assertThat(key("real=1 one.conf->real", "*.conf", 1))
        .isNotEqualTo(key("real=1 two.conf->real", "*.conf", 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"d/ d/loop->loop d/a=1", "d/ d/x->y d/y->x d/a=1"})
  void linksThatLeadToThemselvesAreCopiedAsLinks(String entries) throws Exception {
    assertThat(key(entries, "d", 1)).startsWith("dir:").isNotEqualTo(key("d/ d/a=1", "d", 1));
    assertThatThrownBy(() -> key(entries + " loop->loop", "loop", 1))
        .hasMessage("/loop: too many links");
  }

  @Test
  void whatIsAsDockerKnowsItHasNothingBeside() throws Exception {
    assertThat(key("d/ d/a=1 b=2", ".", 1)).matches("dir:[0-9a-f]{64} ");
  }
}
