package swarm.chaos.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import swarm.chaos.membership.Membership.Place;

/// What is chosen is allowed, keeps the quorum unless it is to be refused, and is chosen again.
class StepsTest {
  private static final int HOSTS = 5;
  private static final int SEEDS = 40;
  private static final int STEPS = 200;

  private record Taken(Membership before, Step step, Membership after) {}

  private static List<Taken> walk(long seed) {
    var steps = new Steps(seed);
    var taken = new ArrayList<Taken>();
    Membership now = Membership.ofOne(HOSTS);
    for (int i = 0; i < STEPS; i++) {
      Step step = steps.next(now);
      Membership next = now.after(step);
      taken.add(new Taken(now, step, next));
      now = next;
    }
    return taken;
  }

  private static List<Taken> walks() {
    var all = new ArrayList<Taken>();
    for (long seed = 0; seed < SEEDS; seed++) {
      all.addAll(walk(seed));
    }
    return all;
  }

  private static boolean toBeRefused(Step step) {
    return step instanceof Step.RefusedDemotion || step instanceof Step.RefusedLeave;
  }

  /// Managers after a demotion, counted here once more.
  private static boolean keepsQuorum(Membership now, int host) {
    int left = now.all(Place.MANAGER).size() - 1;
    long running = now.running(Place.MANAGER).stream().filter(m -> m != host).count();
    return left > 0 && 2 * running > left;
  }

  @Test
  void the_same_seed_makes_the_same_steps() {
    for (long seed = 0; seed < SEEDS; seed++) {
      assertThat(walk(seed)).isEqualTo(walk(seed));
    }
    assertThat(walk(1)).isNotEqualTo(walk(2));
  }

  @Test
  void more_than_half_of_the_managers_run_after_every_step() {
    assertThat(walks())
        .allSatisfy(
            taken -> {
              int all = taken.after().all(Place.MANAGER).size();
              int running = taken.after().running(Place.MANAGER).size();
              assertThat(2 * running).as("%s", taken).isGreaterThan(all);
            });
  }

  @Test
  void a_demotion_is_to_be_refused_where_it_would_lose_the_quorum_and_only_there() {
    int refusals = 0;
    for (Taken taken : walks()) {
      switch (taken.step()) {
        case Step.Demote s ->
            assertThat(keepsQuorum(taken.before(), s.host())).as("%s", taken).isTrue();
        case Step.Retire s ->
            assertThat(keepsQuorum(taken.before(), s.host())).as("%s", taken).isTrue();
        case Step.RefusedDemotion s -> {
          assertThat(keepsQuorum(taken.before(), s.host())).as("%s", taken).isFalse();
          refusals++;
        }
        default -> {} // no demotion
      }
    }
    assertThat(refusals).isPositive();
  }

  @Test
  void what_is_refused_changes_nothing_and_everything_else_does() {
    assertThat(walks())
        .allSatisfy(
            taken ->
                assertThat(taken.after().equals(taken.before()))
                    .as("%s", taken)
                    .isEqualTo(toBeRefused(taken.step())));
  }

  @Test
  void only_managers_that_run_are_asked() {
    assertThat(walks())
        .allSatisfy(
            taken -> {
              int asked =
                  switch (taken.step()) {
                    case Step.Join s -> s.at();
                    case Step.Promote s -> s.by();
                    case Step.Demote s -> s.by();
                    case Step.Retire s -> s.by();
                    case Step.Forget s -> s.by();
                    case Step.Expel s -> s.by();
                    case Step.RefusedDemotion s -> s.by();
                    case Step.RefusedLeave s -> s.host();
                    case Step.Leave _, Step.ComeBack _, Step.Kill _, Step.Restart _ ->
                        taken.before().running(Place.MANAGER).getFirst();
                  };
              assertThat(taken.before().running(Place.MANAGER)).as("%s", taken).contains(asked);
            });
  }

  @Test
  void every_kind_of_step_is_taken_and_clusters_grow_and_shrink() {
    var kinds = new HashSet<Class<?>>();
    Set<Possible> possible = EnumSet.noneOf(Possible.class);
    Set<Integer> managers = new HashSet<>();
    boolean deadDemoted = false;
    boolean deadExpelled = false;
    for (Taken taken : walks()) {
      kinds.add(taken.step().getClass());
      for (Possible kind : Possible.values()) {
        if (kind.steps(taken.before()).contains(taken.step())) {
          possible.add(kind);
        }
      }
      managers.add(taken.after().all(Place.MANAGER).size());
      deadDemoted |= taken.step() instanceof Step.Demote s && !taken.before().runs(s.host());
      deadExpelled |= taken.step() instanceof Step.Expel s && !taken.before().runs(s.host());
    }
    assertThat(kinds).hasSize(Step.class.getPermittedSubclasses().length);
    assertThat(possible).containsExactlyInAnyOrder(Possible.values());
    assertThat(managers).containsExactlyInAnyOrder(1, 2, 3, 4, 5);
    assertThat(deadDemoted).isTrue();
    assertThat(deadExpelled).isTrue();
  }

  @Test
  void the_numbers_of_a_refusal() {
    Membership three =
        Membership.ofOne(HOSTS)
            .after(new Step.Join(2, Role.MANAGER, 1))
            .after(new Step.Join(3, Role.MANAGER, 2));
    assertThat(Possible.refusal(three, 1)).isEmpty();
    Membership two = three.after(new Step.Kill(2));
    assertThat(Possible.refusal(two, 1))
        .isEqualTo("(2 of 3 managers answer; without this one 1 of 2 would, and 2 are needed)");
    assertThat(Possible.refusal(two, 2)).as("of the one that is down").isEmpty();
  }
}
