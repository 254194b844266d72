package swarm.runtime.container;

import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.BeforeAll;
import swarm.runtime.oci.Programs;

/// All of it with crun, where the host has one that works: 1.8.1 refuses hosts whose cgroups are v1
/// and v2 at once. `./dev vm` has one where it works.
class CrunEngineTest extends ContainerEngineTest {
  private static final String CRUN = "crun";

  @Override
  String runtime() {
    return CRUN;
  }

  @BeforeAll
  static void worksHere() throws Exception {
    assumeThat(Programs.find(CRUN)).as("crun is not installed").isPresent();
    EngineHarness harness = EngineHarness.open(CRUN);
    boolean works = harness.engine.programs().runtime().isPresent();
    harness.close();
    assumeThat(works).as("crun does not work on this host").isTrue();
  }
}
