package swarm.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import swarm.chaos.check.ServiceAnswer.Absent;
import swarm.chaos.check.ServiceAnswer.Conflict;
import swarm.chaos.check.ServiceAnswer.Done;
import swarm.chaos.check.ServiceAnswer.Found;
import swarm.chaos.check.ServiceCall.Create;
import swarm.chaos.check.ServiceCall.Read;
import swarm.chaos.check.ServiceCall.Remove;
import swarm.chaos.check.ServiceCall.Update;

/// What the API may answer, one call after the other, and histories as long as those of a real run.
class ServiceModelTest {
  private static final String NAME = "web";
  private static final Read READ = new Read(NAME);
  private static final Remove REMOVE = new Remove(NAME);
  private static final Create CREATE_A = new Create(NAME, "a");
  private static final Update A_TO_B = new Update(NAME, "a", 10, "b");
  private static final long ENOUGH = 1_000_000;

  private final List<Operation<ServiceCall, ServiceAnswer>> history = new ArrayList<>();
  private long now;

  /// After everything before.
  private ServiceModelTest then(ServiceCall call, ServiceAnswer answer) {
    history.add(Operation.answered(1, call, now + 1, answer, now + 2));
    now += 2;
    return this;
  }

  private ServiceModelTest unknown(ServiceCall call) {
    history.add(Operation.unknown(100 + history.size(), call, ++now));
    return this;
  }

  private static Verdict<ServiceCall, ServiceAnswer> verdict(
      List<Operation<ServiceCall, ServiceAnswer>> history) {
    return Linearizability.check(new ServiceModel(), history, ENOUGH);
  }

  private void holds() {
    assertThat(verdict(history)).isInstanceOf(Verdict.Linearizable.class);
  }

  private void fails() {
    assertThat(verdict(history)).isInstanceOf(Verdict.NotLinearizable.class);
  }

  @Test
  void a_life() {
    then(READ, new Absent()).then(REMOVE, new Absent()).then(A_TO_B, new Absent());
    then(CREATE_A, new Done()).then(new Create(NAME, "x"), new Conflict());
    then(READ, new Found("a", 10)).then(A_TO_B, new Done()).then(READ, new Found("b", 12));
    then(A_TO_B, new Conflict()).then(READ, new Found("b", 12));
    then(REMOVE, new Done()).then(READ, new Absent());
    then(new Create(NAME, "c"), new Done()).then(READ, new Found("c", 13)).holds();
  }

  @Test
  void a_created_service_that_is_not_there() {
    then(CREATE_A, new Done()).then(READ, new Absent()).fails();
  }

  @Test
  void a_name_given_twice() {
    then(CREATE_A, new Done()).then(new Create(NAME, "x"), new Done()).fails();
  }

  @Test
  void a_conflict_with_nothing() {
    then(CREATE_A, new Conflict()).fails();
  }

  @Test
  void a_create_that_was_kept_twice_conflicts_with_itself() {
    then(CREATE_A, new Conflict()).then(READ, new Found("a", 10)).fails();
  }

  @Test
  void a_removed_service_that_is_back() {
    then(CREATE_A, new Done()).then(REMOVE, new Done()).then(READ, new Found("a", 10)).fails();
  }

  @Test
  void an_update_of_a_version_that_is_not_current() {
    then(CREATE_A, new Done()).then(READ, new Found("a", 10)).then(A_TO_B, new Done());
    then(new Update(NAME, "a", 10, "c"), new Done()).fails();
  }

  @Test
  void an_update_refused_although_its_version_is_current() {
    then(CREATE_A, new Done()).then(READ, new Found("a", 10)).then(A_TO_B, new Conflict()).fails();
  }

  @Test
  void a_lost_update() {
    then(CREATE_A, new Done()).then(READ, new Found("a", 10)).then(A_TO_B, new Done());
    then(READ, new Found("a", 10)).fails();
  }

  @Test
  void a_value_has_one_version() {
    then(CREATE_A, new Done())
        .then(READ, new Found("a", 10))
        .then(READ, new Found("a", 11))
        .fails();
  }

  @Test
  void versions_do_not_go_back_after_an_update() {
    then(CREATE_A, new Done()).then(READ, new Found("a", 10)).then(A_TO_B, new Done());
    then(READ, new Found("b", 9)).fails();
  }

  @Test
  void versions_do_not_go_back_after_a_removal() {
    then(CREATE_A, new Done()).then(READ, new Found("a", 10)).then(REMOVE, new Done());
    then(new Create(NAME, "b"), new Done()).then(READ, new Found("b", 10)).fails();
  }

  @Test
  void an_unknown_removal_that_took_effect_late() {
    then(CREATE_A, new Done()).unknown(REMOVE).then(READ, new Found("a", 10));
    then(READ, new Absent()).holds();
  }

  @Test
  void an_unknown_removal_takes_effect_once() {
    then(CREATE_A, new Done()).unknown(REMOVE).then(READ, new Absent());
    then(new Create(NAME, "b"), new Done()).then(READ, new Absent()).fails();
  }

  @Test
  void an_unknown_update_applies_to_its_version_only() {
    then(CREATE_A, new Done()).then(READ, new Found("a", 10)).unknown(A_TO_B);
    then(new Update(NAME, "a", 10, "c"), new Done()).then(READ, new Found("b", 12)).fails();
  }

  @Test
  void an_unknown_create_explains_a_conflict() {
    unknown(CREATE_A).then(new Create(NAME, "b"), new Conflict()).then(READ, new Found("a", 10));
    holds();
  }

  @Test
  void long_histories_of_a_right_service_hold() {
    for (int seed = 0; seed < 20; seed++) {
      assertThat(verdict(recorded(seed, 3_000)))
          .as("seed %s", seed)
          .isInstanceOf(Verdict.Linearizable.class);
    }
  }

  @Test
  void one_stale_read_in_a_long_history_is_found() {
    for (int seed = 0; seed < 20; seed++) {
      var wrong = withStaleRead(recorded(seed, 3_000));
      assertThat(verdict(wrong)).as("seed %s", seed).isInstanceOf(Verdict.NotLinearizable.class);
    }
  }

  /// The last read that found something now finds what the first one did.
  private static List<Operation<ServiceCall, ServiceAnswer>> withStaleRead(
      List<Operation<ServiceCall, ServiceAnswer>> history) {
    List<Operation<ServiceCall, ServiceAnswer>> found =
        history.stream().filter(o -> o.output().orElse(null) instanceof Found).toList();
    var last = found.getLast();
    var wrong = new ArrayList<>(history);
    wrong.set(
        history.indexOf(last),
        new Operation<>(
            last.client(), last.input(), last.call(), found.getFirst().output(), last.end()));
    return wrong;
  }

  /// Six clients of a service that does everything right, some of whom lose an answer now and then:
  /// every operation takes effect at a moment of its own.
  private static List<Operation<ServiceCall, ServiceAnswer>> recorded(long seed, int count) {
    int clients = 6;
    var random = new SplittableRandom(seed);
    var history = new ArrayList<Operation<ServiceCall, ServiceAnswer>>();
    long[] free = new long[clients];
    int[] names = {0, 1, 2, 3, 4, 5};
    Optional<Found> last = Optional.empty();
    ServiceState state = new ServiceModel().initial();
    for (int i = 1; i <= count; i++) {
      int client = random.nextInt(clients);
      long effect = 100L * i;
      long call = Math.max(free[client] + 1, effect - random.nextInt(400));
      if (call > effect) {
        continue; // it is busy
      }
      ServiceCall input = call(random, last, Integer.toString(i));
      boolean lost = random.nextInt(200) == 0 && !(input instanceof Read);
      if (lost && random.nextBoolean()) {
        history.add(Operation.unknown(names[client], input, call)); // without effect
        names[client] += clients;
        continue;
      }
      ServiceAnswer answer = answer(state, input, i);
      state = new ServiceModel().step(state, input, answer).orElseThrow();
      last = answer instanceof Found found ? Optional.of(found) : last;
      if (lost) {
        history.add(Operation.unknown(names[client], input, call));
        names[client] += clients;
        free[client] = effect;
      } else {
        free[client] = effect + random.nextInt(400);
        history.add(Operation.answered(names[client], input, call, answer, free[client]));
      }
    }
    return history;
  }

  private static ServiceCall call(SplittableRandom random, Optional<Found> last, String value) {
    int dice = random.nextInt(100);
    if (dice < 10) {
      return REMOVE;
    }
    if (dice < 30) {
      return new Create(NAME, value);
    }
    if (dice < 60 && last.isPresent()) {
      return new Update(NAME, last.get().value(), last.get().version(), value);
    }
    return READ;
  }

  private static ServiceAnswer answer(ServiceState state, ServiceCall call, long version) {
    var model = new ServiceModel();
    if (call instanceof Read) {
      return switch (state) {
        case ServiceState.Absent _ -> new Absent();
        case ServiceState.Written s -> new Found(s.value(), version);
        case ServiceState.Known s -> new Found(s.value(), s.version());
      };
    }
    if (model.effect(state, call).isPresent()) {
      return new Done();
    }
    return state instanceof ServiceState.Absent ? new Absent() : new Conflict();
  }
}
