package swarm.chaos.membership;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import swarm.chaos.membership.Membership.Listed;

/// What managers are to list after each step.
class MembershipTest {
  private static final Listed MANAGER = new Listed(Role.MANAGER, true, true);
  private static final Listed WORKER = new Listed(Role.WORKER, false, true);

  private final Membership pair = Membership.ofOne(3).after(new Step.Join(2, Role.WORKER, 1));

  @Test
  void a_host_joins_and_changes_its_role() {
    assertThat(pair.listing())
        .containsEntry(new Node(1, 1), MANAGER)
        .containsEntry(new Node(2, 1), WORKER)
        .hasSize(2);
    Membership two = pair.after(new Step.Promote(2, 1));
    assertThat(two.listing()).containsEntry(new Node(2, 1), MANAGER);
    assertThat(two.after(new Step.Demote(2, 2))).isEqualTo(pair);
  }

  @Test
  void a_node_that_left_is_listed_until_it_is_removed_and_another_one_comes_after_it() {
    Membership without = pair.after(new Step.Leave(2));
    assertThat(without.listing())
        .containsEntry(new Node(2, 1), new Listed(Role.WORKER, false, false));
    Membership again = without.after(new Step.Join(2, Role.MANAGER, 1));
    assertThat(again.listing()).hasSize(3).containsEntry(new Node(2, 2), MANAGER);
    assertThat(again.after(new Step.Forget(new Node(2, 1), 1)).listing())
        .containsOnlyKeys(new Node(1, 1), new Node(2, 2));
    assertThat(again.after(new Step.Leave(2)).listing())
        .containsEntry(new Node(2, 2), new Listed(Role.MANAGER, false, false));
    assertThat(again.after(new Step.Retire(2, 1)).listing())
        .containsEntry(new Node(2, 2), new Listed(Role.WORKER, false, false));
  }

  @Test
  void a_daemon_that_is_killed_leaves_a_node_that_is_not_ready() {
    Membership killed = pair.after(new Step.Kill(2));
    assertThat(killed.listing())
        .containsEntry(new Node(2, 1), new Listed(Role.WORKER, false, false));
    assertThat(killed.after(new Step.Restart(2))).isEqualTo(pair);
  }

  @Test
  void an_expelled_host_is_listed_no_more_and_comes_back() {
    Membership without = pair.after(new Step.Kill(2)).after(new Step.Expel(2, 1));
    assertThat(without.listing()).containsOnlyKeys(new Node(1, 1));
    Membership outside = without.after(new Step.ComeBack(2));
    assertThat(outside.all(Membership.Place.OUTSIDE)).containsExactly(2, 3);
    assertThat(outside.runs(2)).isTrue();
  }

  @Test
  void a_manager_that_is_down_counts() {
    Membership two = pair.after(new Step.Promote(2, 1));
    assertThat(two.hasQuorum()).isTrue();
    assertThat(two.after(new Step.Kill(2)).hasQuorum()).isFalse();
    assertThat(two.after(new Step.Join(3, Role.MANAGER, 2)).after(new Step.Kill(2)).hasQuorum())
        .isTrue();
  }
}
