package swarm.cli.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.cli.spec.CopyEnd.There;

/// Where copies go, as Docker's client decides it.
class CopyPlanTest {
  @ParameterizedTest
  @CsvSource({
    "/etc/.., /, /",
    "/etc/../.., /, /",
    "/, /, /",
    "/., /, .",
    "/a/b, /a, b",
    "/a/b/, /a, b",
    "/a/b/., /a/b, .",
    "/a/b/./, /a/b, .",
    "/a//../b, /, b",
    "a, ., a",
    "a/.., ., .",
    "., ., .",
    ".., ., ..",
    "../.., .., ..",
    "'', ., .",
  })
  void pathsAreTakenApart(String path, String directory, String name) {
    assertThat(PathText.split(path)).isEqualTo(new PathText.Parts(directory, name));
  }

  @ParameterizedTest
  @CsvSource({
    ".., /w",
    "e/.., /w/d",
    "e/../, /w/d/",
    "., /w/d/.",
    "./, /w/d/./",
    "e/., /w/d/e/.",
    "../../../x, /x",
    "/, /",
    "/.., /",
    "/., /.",
    "/x//y/, /x/y/",
  })
  void pathsKeepWhatTheyEndWith(String path, String absolute) {
    assertThat(PathText.absolute("/w/d", path)).isEqualTo(absolute);
  }

  private static CopyPlan plan(CopyEnd source, String path, There there)
      throws InvalidValueException {
    return CopyPlan.of(source, new CopyEnd(path, there));
  }

  @Test
  void theRootBecomesTheDirectoryThatIsNamed() throws Exception {
    CopyPlan plan = plan(new CopyEnd("/etc/..", There.DIRECTORY), "/w/o2", There.NOTHING);
    assertThat(plan.directory()).isEqualTo("/w");
    assertThat(plan.rename("/")).isEqualTo("o2/");
    assertThat(plan.rename("/etc/hosts")).isEqualTo("o2/etc/hosts");
    assertThat(plan.rename("etc/")).isEqualTo("o2/etc/");
    assertThat(plan(new CopyEnd("/", There.DIRECTORY), "/w/o2", There.DIRECTORY).directory())
        .isEqualTo("/w/o2");
  }

  @Test
  void onlyTheFirstPartOfNamesIsReplaced() throws Exception {
    CopyPlan plan = plan(new CopyEnd("/a/b", There.DIRECTORY), "/x/y", There.NOTHING);
    assertThat(plan.rename("b/")).isEqualTo("y/");
    assertThat(plan.rename("b/b/b")).isEqualTo("y/b/b");
    assertThat(plan.rename("bb")).isEqualTo("bb");
    CopyPlan content = plan(new CopyEnd("/a/b/.", There.DIRECTORY), "/x/y/", There.NOTHING);
    assertThat(content.rename("./")).isEqualTo("y/");
    assertThat(content.rename("./c")).isEqualTo("y/c");
  }

  @Test
  void aLinkThatWasFollowedIsCopiedUnderItsOwnName() throws Exception {
    CopyEnd source = PathText.followed("/a/link", "/b/file", There.FILE);
    assertThat(source).isEqualTo(new CopyEnd("/b/file", There.FILE, "link"));
    assertThat(plan(source, "/x", There.DIRECTORY).rename("file")).isEqualTo("link");
    assertThat(plan(source, "/x/y", There.NOTHING).rename("file")).isEqualTo("y");
    assertThat(PathText.followed("/a/link/", "/b/dir", There.DIRECTORY))
        .isEqualTo(new CopyEnd("/b/dir/", There.DIRECTORY, "link"));
    assertThat(PathText.followed("/a/link/.", "/b/dir", There.DIRECTORY))
        .isEqualTo(new CopyEnd("/b/dir/.", There.DIRECTORY, ""));
  }

  @Test
  void whatCannotBe() {
    assertThatThrownBy(() -> plan(new CopyEnd("/d", There.DIRECTORY), "/f", There.FILE))
        .hasMessage("cannot copy directory");
    assertThatThrownBy(() -> plan(new CopyEnd("/f", There.FILE), "/x/", There.NOTHING))
        .hasMessage("no such directory");
    assertThatThrownBy(() -> plan(new CopyEnd("/f", There.FILE), "", There.NOTHING))
        .hasMessage("no such directory");
  }
}
