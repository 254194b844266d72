package swarm.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandApplier;
import swarm.scheduler.state.CommandFormat;

class AnnouncedFormatsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final AnnouncedFormats formats = new AnnouncedFormats("self");
  private ClusterState state = ClusterState.EMPTY;

  private void apply(Command command) {
    state = CommandApplier.apply(state, state.index() + 1, command).state();
  }

  private void manager(String id) {
    apply(new Command.AdmitNode(id, "manager", "10.0.0.1", NOW));
    apply(
        new Command.DescribeNode(
            id,
            new Node.Description(id + "-host", "linux", "x86_64", 1, 1, "1", Map.of()),
            "10.0.0.1",
            NOW));
    apply(new Command.SetNodeManager(id, new Node.Manager("raft-" + id, "10.0.0.1:2377"), NOW));
  }

  private AnnouncedFormats.Answer newest() {
    return formats.allows(CommandFormat.NEWEST, state);
  }

  @Test
  void whatEveryBuildReadsNeedsNobodysWord() {
    manager("other");
    assertThat(formats.allows(CommandFormat.FIRST, state))
        .isInstanceOf(AnnouncedFormats.Answer.Yes.class);
  }

  @Test
  void anOnlyManagerKnowsWhatItReadsItself() {
    manager("self");
    apply(new Command.AdmitNode("worker", "worker", "10.0.0.2", NOW));
    assertThat(newest()).isInstanceOf(AnnouncedFormats.Answer.Yes.class);
  }

  @Test
  void whoIsUpMustHaveSaidSo() {
    manager("self");
    manager("other");
    assertThat(newest())
        .isInstanceOfSatisfying(
            AnnouncedFormats.Answer.NotYet.class, a -> assertThat(a.why()).contains("other-host"));
    formats.heard("other", CommandFormat.NEWEST);
    assertThat(newest()).isInstanceOf(AnnouncedFormats.Answer.Yes.class);
  }

  @Test
  void anOlderOneIsNamedAlsoWhileItIsDownUntilItIsUpgradedOrRemoved() {
    manager("self");
    manager("old");
    formats.heard("old", CommandFormat.FIRST);
    apply(new Command.SetNodeStatus("old", Node.State.READY, Node.State.DOWN, "it is silent", NOW));
    assertThat(newest())
        .isInstanceOfSatisfying(
            AnnouncedFormats.Answer.No.class,
            a -> assertThat(a.why()).contains("upgrade them first").endsWith("old-host"));
    formats.heard("old", CommandFormat.NEWEST);
    assertThat(newest()).isInstanceOf(AnnouncedFormats.Answer.Yes.class);
    formats.heard("old", CommandFormat.FIRST);
    apply(new Command.SetNodeManager("old", null, NOW));
    assertThat(newest()).isInstanceOf(AnnouncedFormats.Answer.Yes.class);
  }

  @Test
  void oneThatIsDownAndNeverSaidStopsNobody() {
    manager("self");
    manager("gone");
    apply(
        new Command.SetNodeStatus("gone", Node.State.READY, Node.State.DOWN, "it is silent", NOW));
    assertThat(newest()).isInstanceOf(AnnouncedFormats.Answer.Yes.class);
  }
}
