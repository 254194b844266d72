package swarm.runtime.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceTest {
  private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

  @ParameterizedTest
  @CsvSource({
    // given, registry, repository, tag, familiar
    "web, docker.io, library/web, latest, web:latest",
    "web:1.2, docker.io, library/web, 1.2, web:1.2",
    "library/web, docker.io, library/web, latest, web:latest",
    "docker.io/web, docker.io, library/web, latest, web:latest",
    "docker.io/library/web:a, docker.io, library/web, a, web:a",
    "index.docker.io/web, docker.io, library/web, latest, web:latest",
    "me/web, docker.io, me/web, latest, me/web:latest",
    "docker.io/me/web, docker.io, me/web, latest, me/web:latest",
    "localhost/web, localhost, web, latest, localhost/web:latest",
    "localhost:5000/web, localhost:5000, web, latest, localhost:5000/web:latest",
    "127.0.0.1:5000/a/b/c:t, 127.0.0.1:5000, a/b/c, t, 127.0.0.1:5000/a/b/c:t",
    "ghcr.io/o/r:v1.0_x-y, ghcr.io, o/r, v1.0_x-y, ghcr.io/o/r:v1.0_x-y",
    "reg:5000/x, reg:5000, x, latest, reg:5000/x:latest",
    "a__b, docker.io, library/a__b, latest, a__b:latest",
    "a-b--c, docker.io, library/a-b--c, latest, a-b--c:latest",
  })
  void table(String given, String registry, String repository, String tag, String familiar)
      throws ImageException {
    assertThat(Reference.parse(given)).isEqualTo(new Reference(registry, repository, tag, null));
    assertThat(Reference.parse(given).familiar()).isEqualTo(familiar);
    assertThat(Reference.parse(Reference.parse(given).familiar()))
        .isEqualTo(Reference.parse(given));
  }

  @Test
  void digests() throws ImageException {
    Reference bare = Reference.parse("web@" + DIGEST);
    assertThat(bare.tag()).isNull();
    assertThat(bare.target()).isEqualTo(DIGEST);
    assertThat(bare.familiar()).isEqualTo("web@" + DIGEST);
    Reference both = Reference.parse("reg:5000/web:1@" + DIGEST);
    assertThat(both.tag()).isEqualTo("1");
    assertThat(both.target()).isEqualTo(DIGEST);
    assertThat(both.familiar()).isEqualTo("reg:5000/web:1@" + DIGEST);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "Web",
        "web:",
        "web:tag with space",
        ":tag",
        "/web",
        "web/",
        "a//b",
        "web@sha256:123",
        "web@md5:0123456789abcdef0123456789abcdef",
        "web@",
        "-web",
        "web-",
        "a___b",
        "a..b",
        "web:-x",
        "../etc/passwd",
        "localhost:5000/",
        "https://example.com/web",
        "wéb",
        "reg..io/web",
        "reg:port/web",
        "reg io/web",
        "u@reg.io/web",
        "reg.io:99999999/web",
        "localhost:65536/web",
        "[::1]:99999/web"
      })
  void refused(String given) {
    assertThatThrownBy(() -> Reference.parse(given))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("invalid reference format");
  }

  @Test
  void tooLongTagsAndNames() {
    assertThatThrownBy(() -> Reference.parse("web:" + "a".repeat(129)))
        .isInstanceOf(ImageException.class);
    assertThatThrownBy(() -> Reference.parse("a".repeat(256))).isInstanceOf(ImageException.class);
  }
}
