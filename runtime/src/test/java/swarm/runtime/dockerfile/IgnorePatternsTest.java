package swarm.runtime.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Many of the rows are of moby/patternmatcher's own tests.
class IgnorePatternsTest {
  private static boolean ignores(String patterns, String path) throws DockerfileException {
    return IgnorePatterns.read(patterns.replace(';', '\n')).ignores(path);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "**               | file               | true",
        "?                | \uD83D\uDE00       | true",
        "??               | \uD83D\uDE00       | false",
        "[\uD83D\uDE00a]  | \uD83D\uDE00       | true",
        "[\uD83D\uDE00-\uD83D\uDE05] | \uD83D\uDE01 | true",
        "\\\uD83D\uDE00    | \uD83D\uDE00       | true",
        "[^a]             | \uD83D\uDE00       | true",
        "**               | file/              | true",
        "**/              | file               | true",
        "**               | /                  | true",
        "**/              | dir/file           | true",
        "dir/**           | dir/file           | true",
        "dir/**           | dir/dir2/file      | true",
        "dir/**/          | dir/dir2/file      | true",
        "**/dir           | dir                | true",
        "**/dir           | dir/file           | true",
        "**/dir2/*        | dir/dir2/file      | true",
        "**/dir2/*        | dir/dir2/dir2/file | true",
        "**file           | file               | true",
        "**file           | dir/file           | true",
        "**/file          | dir/dir/file       | true",
        "**/file*         | dir/dir/file.txt   | true",
        "**/file*txt      | dir/dir/file.txt   | true",
        "**/file*.txt*    | dir/dir/file.txt   | true",
        "**/**/*.txt      | dir/dir/file.txt   | true",
        "**/**/*.txt2     | dir/dir/file.txt   | false",
        "**/*.txt         | file.txt           | true",
        "**/**/*.txt      | file.txt           | true",
        "a**/*.txt        | a/file.txt         | true",
        "a**/*.txt        | a/dir/file.txt     | true",
        "a**/*.txt        | a/dir/dir/file.txt | true",
        "a/*.txt          | a/dir/file.txt     | false",
        "a/*.txt          | a/file.txt         | true",
        "a/*.txt**        | a/file.txt         | true",
        "a[b-d]e          | ae                 | false",
        "a[b-d]e          | ace                | true",
        "a[b-d]e          | aae                | false",
        "a[^b-d]e         | aze                | true",
        ".*               | .foo               | true",
        ".*               | foo                | false",
        "abc.def          | abcdef             | false",
        "abc.def          | abc.def            | true",
        "abc?def          | abcZdef            | true",
        "abc?def          | abcdef             | false",
        "a\\\\\\\\           | a\\\\                | true",
        "**/foo/bar       | foo/bar            | true",
        "**/foo/bar       | dir/foo/bar        | true",
        "abc/**           | abc                | false",
        "abc/**           | abc/def            | true",
        "abc/**/def       | abc/def            | true",
        "abc/**/def       | abc/x/y/def        | true",
        "*;!*.go          | a.go               | false",
        "*;!*.go          | b/c.go             | true",
        "docs;!docs/README.md | docs/README.md | false",
        "docs;!docs/README.md | docs/x         | true",
        "*;!docs;docs/x   | docs/x             | true",
        "# x;a            | a                  | true",
        "/a               | a                  | true",
        "./a/../b         | b                  | true",
        "! a              | a                  | false",
        "a/               | a/b                | true",
        "a b              | a b                | true",
        "**/*~            | x/y~               | true",
        "a/*/b            | a/x/b/c            | true",
        "a+(b)            | a+(b)              | true",
      })
  void asDockerMatches(String patterns, String path, boolean ignored) throws DockerfileException {
    assertThat(ignores(patterns, path)).isEqualTo(ignored);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"a;! | line 2: illegal exclusion pattern", "a[  | syntax error in pattern: a["})
  void whatIsNone(String patterns, String why) {
    assertThatThrownBy(() -> ignores(patterns, "a"))
        .isInstanceOf(DockerfileException.class)
        .hasMessageContaining(why);
  }

  @Test
  void thousandsOfStarsTakeNoTime() throws DockerfileException {
    String stars = "**/a*".repeat(700) + "b";
    assertThat(ignores(stars, "a/".repeat(2_000))).isFalse();
    assertThat(FileMatch.matches("*a".repeat(1_000) + "b", "a".repeat(5_000))).isFalse();
  }

  @Provide
  static Arbitrary<String> patterns() {
    return Arbitraries.strings().withChars("ab*?/![]\\-^. \n#").ofMaxLength(24);
  }

  @Property(tries = 3000)
  void anythingIsAnAnswerOrTheExpectedError(
      @ForAll("patterns") String patterns, @ForAll("patterns") String path) {
    try {
      boolean ignored = IgnorePatterns.read(patterns).ignores(path);
      assertThat(ignored).isIn(true, false);
    } catch (DockerfileException e) {
      assertThat(e).hasMessageContaining(".dockerignore, line");
    }
  }

  /// Against a regular expression, which is slow but plain to see.
  @Property(tries = 2000)
  void asTheRegularExpressionThatItStandsFor(
      @ForAll("globs") String glob, @ForAll("paths") String path) throws DockerfileException {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      parts.add(c == '*' ? "[^/]*" : c == '?' ? "[^/]" : Pattern.quote("" + c));
    }
    boolean expected = path.matches(String.join("", parts));
    assertThat(FileMatch.matches(glob, path)).isEqualTo(expected);
    assertThat(PathPattern.of(glob.replaceAll("\\*+", "*")).matches(path)).isEqualTo(expected);
  }

  @Provide
  static Arbitrary<String> globs() {
    return Arbitraries.strings().withChars("ab*?/").ofMaxLength(8);
  }

  @Provide
  static Arbitrary<String> paths() {
    return Arbitraries.strings().withChars("ab/").ofMaxLength(10);
  }
}
