package swarm.node.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import swarm.node.rpc.SessionMessages;
import swarm.scheduler.model.GossipKey;

class RosterTest {
  private static final GossipKey KEY = new GossipKey(1, "k", true, Instant.EPOCH);

  private static SessionMessages.GossipMember member(String id, int port) {
    return new SessionMessages.GossipMember(id, "192.0.2.1", port, "key");
  }

  private static Roster roster(List<GossipKey> keys, SessionMessages.GossipMember... members) {
    var all = new TreeMap<String, SessionMessages.GossipMember>();
    for (SessionMessages.GossipMember member : members) {
      all.put(member.id(), member);
    }
    return new Roster(all, keys);
  }

  @Test
  void theFirstThingThatANodeHearsIsComplete() {
    assertThat(roster(List.of(KEY), member("a", 1)).since(null))
        .isEqualTo(
            new SessionMessages.GossipChange(
                true, List.of(member("a", 1)), List.of(), List.of(KEY)));
    assertThat(Roster.EMPTY.since(null)).isNotNull();
  }

  @Test
  void laterItHearsWhatChanged() {
    Roster told = roster(List.of(KEY), member("a", 1), member("b", 1), member("c", 1));

    assertThat(told.since(roster(List.of(KEY), member("a", 1), member("b", 1), member("c", 1))))
        .isNull();
    assertThat(roster(List.of(KEY), member("a", 1), member("b", 2), member("d", 1)).since(told))
        .isEqualTo(
            new SessionMessages.GossipChange(
                false, List.of(member("b", 2), member("d", 1)), List.of("c"), List.of(KEY)));
    assertThat(roster(List.of(), member("a", 1), member("b", 1), member("c", 1)).since(told))
        .isEqualTo(new SessionMessages.GossipChange(false, List.of(), List.of(), List.of()));
  }
}
