package swarm.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.linux.Readiness;
import swarm.runtime.oci.Commands;

class HostProgramsTest {
  @TempDir Path folder;

  @Test
  void anInitProgramInstalledMeanwhileIsFound() throws Exception {
    Path later = folder.resolve("tini");
    try (Readiness readiness = Readiness.open()) {
      var programs =
          new HostPrograms(
              Optional::empty,
              List.of("no-such-program", later.toString()),
              Optional.empty(),
              new Commands(readiness, folder));
      assertThat(programs.init()).isEmpty();
      Files.createFile(later);
      assertThat(later.toFile().setExecutable(true)).isTrue();
      assertThat(programs.init()).contains(later);
    }
  }
}
