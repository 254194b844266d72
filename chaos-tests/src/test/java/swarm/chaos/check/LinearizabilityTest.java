package swarm.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import swarm.chaos.check.RegisterModel.Call;
import swarm.chaos.check.RegisterModel.Cas;
import swarm.chaos.check.RegisterModel.Read;
import swarm.chaos.check.RegisterModel.Write;

/// Histories whose verdict is known, from the literature and from what replicated registers do
/// wrong.
class LinearizabilityTest {
  private static final long ENOUGH = 100_000;
  private static final Read READ = new Read();

  private final List<Operation<Call, Integer>> history = new ArrayList<>();
  private int client;

  /// Each by a client of its own.
  private LinearizabilityTest done(long call, long end, Call input, int output) {
    history.add(Operation.answered(++client, input, call, output, end));
    return this;
  }

  private LinearizabilityTest wrote(long call, long end, int value) {
    return done(call, end, new Write(value), RegisterModel.DONE);
  }

  private LinearizabilityTest read(long call, long end, int value) {
    return done(call, end, READ, value);
  }

  private LinearizabilityTest unknown(long call, Call input) {
    history.add(Operation.unknown(++client, input, call));
    return this;
  }

  private Verdict<Call, Integer> verdict() {
    return Linearizability.check(new RegisterModel(), history, ENOUGH);
  }

  private void holds() {
    assertThat(verdict()).isInstanceOf(Verdict.Linearizable.class);
  }

  private void fails() {
    assertThat(verdict()).isInstanceOf(Verdict.NotLinearizable.class);
  }

  @Test
  void nothing_happened() {
    holds();
  }

  @Test
  void one_after_the_other() {
    wrote(0, 1, 7).read(2, 3, 7).wrote(4, 5, 8).read(6, 7, 8).holds();
  }

  @Test
  void a_lost_write() {
    wrote(0, 1, 7).read(2, 3, 0).fails();
  }

  @Test
  void a_stale_read_after_a_fresh_one() {
    wrote(0, 10, 7).read(1, 2, 7).read(3, 4, 0).fails();
  }

  @Test
  void reads_beside_a_write_see_it_or_not() {
    wrote(0, 10, 7).read(1, 2, 0).read(3, 4, 7).holds();
  }

  @Test
  void what_was_never_written() {
    wrote(0, 1, 7).read(2, 3, 9).fails();
  }

  @Test
  void readers_that_disagree_about_the_order_of_two_writes() {
    wrote(0, 10, 1).wrote(0, 10, 2);
    read(11, 12, 1).read(13, 14, 2).fails();
  }

  @Test
  void readers_beside_two_writes_that_agree() {
    wrote(0, 20, 1).wrote(0, 20, 2);
    read(1, 2, 2).read(3, 4, 1).read(21, 22, 1).holds();
  }

  /// Figure-of-eight: each read alone is fine, both together are not.
  @Test
  void two_reads_each_of_the_others_older_value() {
    wrote(0, 1, 1).wrote(2, 20, 2);
    read(3, 6, 2).read(7, 9, 1).fails();
  }

  @Test
  void what_ends_when_another_begins_is_concurrent() {
    wrote(0, 5, 7).read(5, 6, 0).holds();
  }

  @Test
  void only_one_of_two_compares_sets() {
    done(0, 10, new Cas(0, 1), RegisterModel.DONE);
    done(0, 10, new Cas(0, 2), RegisterModel.DONE).fails();
  }

  @Test
  void the_other_compare_is_refused() {
    done(0, 10, new Cas(0, 1), RegisterModel.DONE);
    done(0, 10, new Cas(0, 2), RegisterModel.REFUSED).holds();
  }

  @Test
  void a_compare_refused_for_no_reason() {
    done(0, 10, new Cas(0, 1), RegisterModel.REFUSED).fails();
  }

  @Test
  void an_unknown_write_that_nobody_saw() {
    unknown(0, new Write(7)).read(5, 6, 0).read(7, 8, 0).holds();
  }

  @Test
  void an_unknown_write_that_took_effect_late() {
    unknown(0, new Write(7)).read(5, 6, 0).read(7, 8, 7).holds();
  }

  @Test
  void an_unknown_write_takes_effect_once() {
    unknown(0, new Write(7)).read(1, 2, 7).wrote(3, 4, 8).read(5, 6, 7).fails();
  }

  @Test
  void an_unknown_write_is_not_seen_before_its_call() {
    read(0, 1, 7).unknown(2, new Write(7)).fails();
  }

  @Test
  void an_unknown_write_over_an_acknowledged_one() {
    unknown(0, new Write(7)).wrote(1, 2, 8).read(3, 4, 8).read(5, 6, 7).holds();
  }

  @Test
  void an_unknown_write_does_not_bring_back_the_value_before() {
    wrote(0, 1, 5).unknown(2, new Write(7)).read(3, 4, 7).read(5, 6, 5).fails();
  }

  @Test
  void an_unknown_compare_explains_the_refusal_of_another() {
    unknown(0, new Cas(0, 1));
    done(5, 6, new Cas(0, 2), RegisterModel.REFUSED).read(7, 8, 1).holds();
  }

  @Test
  void two_unknown_writes_of_which_the_second_must_come_first() {
    unknown(0, new Write(1)).unknown(0, new Write(2));
    read(3, 4, 2).read(5, 6, 1).holds();
  }

  /// Either explains the first read, and both lead to the same state; only one is left to explain
  /// the second.
  @Test
  void it_matters_which_of_two_unknown_writes_was_spent() {
    unknown(0, new Write(1)).unknown(0, new Cas(0, 1));
    read(3, 4, 1).wrote(5, 6, 2).read(7, 8, 1).holds();
  }

  @Test
  void it_matters_in_whichever_order_they_are_tried() {
    unknown(0, new Cas(0, 1)).unknown(0, new Write(1));
    read(3, 4, 1).wrote(5, 6, 2).read(7, 8, 1).holds();
  }

  @Test
  void the_order_found_explains_every_answer() {
    wrote(0, 10, 1).wrote(0, 10, 2).read(2, 3, 2).unknown(0, new Write(3)).read(11, 12, 1);
    var order = ((Verdict.Linearizable<Call, Integer>) verdict()).order();
    assertThat(order.stream().map(Operation::input).toList())
        .containsExactly(new Write(2), READ, new Write(1), READ);
  }

  @Test
  void what_is_wrong_is_told() {
    wrote(0, 1_000_000, 7);
    unknown(1_500_000, new Write(9));
    read(2_000_000, 3_000_000, 0);
    wrote(4_000_000, 5_000_000, 8);
    var no = (Verdict.NotLinearizable<Call, Integer>) verdict();
    assertThat(no.unexplained()).isEqualTo(history.get(2));
    assertThat(no.prefix().getFirst()).isEqualTo(history.get(0));
    assertThat(no.states()).containsExactly("7", "9");
    assertThat(verdict().toString())
        .contains("[2.000, 3.000 ms] client 3: Read[] -> 0")
        .contains("[1.500 ms, never] client 2: Write[value=9] -> outcome unknown")
        .doesNotContain("Write[value=8]");
  }

  @Test
  void the_work_has_a_bound() {
    for (int i = 1; i <= 20; i++) {
      wrote(0, 100, i);
    }
    read(101, 102, 99);
    var unknown =
        (Verdict.Unknown<Call, Integer>) Linearizability.check(new RegisterModel(), history, 1_000);
    assertThat(unknown.steps()).isBetween(1_000L, 1_100L);
    assertThat(unknown.explained()).isEqualTo(20);
    assertThat(unknown.answers()).isEqualTo(21);
  }

  @Test
  void a_client_does_one_thing_at_a_time() {
    history.add(Operation.answered(1, READ, 0, 0, 10));
    history.add(Operation.answered(1, READ, 5, 0, 20));
    assertThatThrownBy(this::verdict).hasMessageContaining("one thing at a time");
  }

  @Test
  void a_client_that_does_not_know_goes_on_as_another() {
    history.add(Operation.unknown(1, READ, 0));
    history.add(Operation.answered(1, READ, 5, 0, 20));
    assertThatThrownBy(this::verdict).hasMessageContaining("one thing at a time");
  }

  @Test
  void objects_are_checked_one_by_one() {
    wrote(0, 1, 7).wrote(2, 3, 8).read(4, 5, 8);
    var verdicts =
        Linearizability.checkEach(
            new RegisterModel(), history, call -> call instanceof Write w ? w.value() : 0, ENOUGH);
    assertThat(verdicts.keySet()).containsExactly(0, 7, 8);
    assertThat(verdicts.get(0)).isInstanceOf(Verdict.NotLinearizable.class);
    assertThat(verdicts.get(7)).isInstanceOf(Verdict.Linearizable.class);
  }
}
