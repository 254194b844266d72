package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import swarm.chaos.bench.Backends;

/// No caller on any host is led to a dead task for long, by port, virtual address or name; and its
/// host's tasks are led to again when it is back. Without a majority of managers nobody but gossip
/// can have told.
@Tag("multihost")
final class DeadBackendTest {
  /// Of a loaded machine: the figure is measured elsewhere.
  private static final long MOST_MILLIS = 10_000;

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.formed(4, 2);

  private static Backends backends;

  @BeforeAll
  static void serve() throws Exception {
    backends = new Backends(CLUSTER.cluster(), 2, 1);
    backends.serve();
  }

  @ParameterizedTest
  @EnumSource
  void a_dead_task_is_soon_out_everywhere(Backends.Death death) throws Exception {
    assertThat(backends.lose(death, true).millis()).isLessThan(MOST_MILLIS);
  }

  @Tag("chaos")
  @ParameterizedTest
  @EnumSource
  void also_without_a_majority_of_managers(Backends.Death death) throws Exception {
    assertThat(backends.lose(death, false).millis()).isLessThan(MOST_MILLIS);
  }
}
