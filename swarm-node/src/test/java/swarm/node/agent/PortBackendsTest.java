package swarm.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import swarm.network.balance.Hints;
import swarm.node.rpc.SessionMessages;

class PortBackendsTest {
  private static final String SELF = "192.0.2.1";
  private static final String OTHER = "192.0.2.2";

  private static PortBackends backends(SessionMessages.IngressEndpoint... others) {
    return PortBackends.of(
        new SessionMessages.Ingress(1, 0, 16, 4789, 1, List.of(), List.of(others), List.of()),
        SELF,
        Map.of(11, "t1", 12, "t2"));
  }

  private static Hints ended(String task, String host) {
    return new Hints(List.of(), Set.of(new Hints.Ended(task, host)));
  }

  @Test
  void ownTasksAndOthersAreHeldOut() {
    PortBackends backends = backends(new SessionMessages.IngressEndpoint(13, OTHER, "t3"));
    List<Integer> all = List.of(11, 12, 13);
    assertThat(backends.heeding(all, Hints.NONE)).isSameAs(all);
    assertThat(backends.heeding(all, ended("t2", SELF))).containsExactly(11, 13);
    assertThat(backends.heeding(all, ended("t3", OTHER))).containsExactly(11, 12);
    assertThat(backends.heeding(all, ended("t3", SELF))).isEqualTo(all);
    assertThat(backends.heeding(all, new Hints(List.of(OTHER), Set.of()))).containsExactly(11, 12);
    assertThat(backends.heeding(List.of(13), ended("t3", OTHER)))
        .as("the last")
        .containsExactly(13);
  }

  @Test
  void anOlderManagerDoesNotSayWhichTaskItIs() {
    PortBackends backends = backends(new SessionMessages.IngressEndpoint(13, OTHER, null));
    List<Integer> all = List.of(11, 13, 14);
    assertThat(backends.heeding(all, ended("t3", OTHER))).isEqualTo(all);
    assertThat(backends.heeding(all, new Hints(List.of(OTHER), Set.of()))).containsExactly(11, 14);
  }
}
