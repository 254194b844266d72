package swarm.runtime.oci;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgramVersionTest {
  @ParameterizedTest
  @CsvSource({
    "'runc version 1.1.5+ds1\nspec: 1.0.2-dev\ngo: go1.19.8\n', 1.1.5+ds1",
    "'runc version 1.2.0-rc.3\ncommit: v1.2.0-rc.3-0-g45471bc9\n', 1.2.0-rc.3",
    "'crun version 1.8.1\ncommit: f8a096be060b22ccd3d5f3ebe44108517fbf6c30\n', 1.8.1",
    "'tini version 0.19.0\n', 0.19.0",
    "'tini version 0.19.0 - git.de40ad0\n', 0.19.0",
    "'catatonit 0.1.7\n', 0.1.7",
    "'', ''",
    "'usage: thing', ''",
    "'thing: error in line 3', ''",
  })
  void theFirstLineHasIt(String output, String version) {
    assertThat(ProgramVersion.read(output).orElse("")).isEqualTo(version);
  }
}
