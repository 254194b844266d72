package swarm.chaos.membership;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import swarm.chaos.membership.Membership.Place;

/// The steps of each kind that a cluster allows, and how likely each kind is. None of them costs
/// the quorum but those that are to be refused.
enum Possible {
  JOIN_AS_MANAGER(6),
  JOIN_AS_WORKER(4),
  PROMOTE(9),
  DEMOTE(3),
  RETIRE(2),
  LEAVE_AS_WORKER(2),
  LEAVE_AS_MANAGER(2),
  FORGET(2),
  EXPEL(2),
  COME_BACK(8),
  KILL_A_MANAGER(9),
  KILL_A_WORKER(3),
  RESTART(5),
  LOSE_THE_QUORUM(9),
  LOSE_THE_LAST_MANAGER(1),
  LEAVE_UNFORCED(1);

  /// How likely this kind is beside the others that are possible.
  final int weight;

  Possible(int weight) {
    this.weight = weight;
  }

  /// All of this kind, in an order that is always the same.
  List<Step> steps(Membership now) {
    Stream<? extends Step> steps =
        switch (this) {
          case JOIN_AS_MANAGER -> joins(now, Role.MANAGER);
          case JOIN_AS_WORKER -> joins(now, Role.WORKER);
          case PROMOTE ->
              by(now, now.running(Place.WORKER), host -> by -> new Step.Promote(host, by));
          case DEMOTE -> by(now, dispensable(now), host -> by -> new Step.Demote(host, by));
          case RETIRE ->
              by(now, running(now, dispensable(now)), host -> by -> new Step.Retire(host, by));
          case LEAVE_AS_WORKER -> now.running(Place.WORKER).stream().map(Step.Leave::new);
          case LEAVE_AS_MANAGER -> running(now, dispensable(now)).stream().map(Step.Leave::new);
          case FORGET -> forgets(now);
          case EXPEL -> by(now, now.all(Place.WORKER), host -> by -> new Step.Expel(host, by));
          case COME_BACK -> now.all(Place.EXPELLED).stream().map(Step.ComeBack::new);
          case KILL_A_MANAGER -> kills(now, now.running(Place.MANAGER));
          case KILL_A_WORKER -> kills(now, now.running(Place.WORKER));
          case RESTART ->
              Stream.concat(now.all(Place.MANAGER).stream(), now.all(Place.WORKER).stream())
                  .filter(host -> !now.runs(host))
                  .map(host -> new Step.Restart(host));
          case LOSE_THE_QUORUM -> now.all(Place.MANAGER).size() > 1 ? refused(now) : Stream.of();
          case LOSE_THE_LAST_MANAGER ->
              now.all(Place.MANAGER).size() == 1 ? refused(now) : Stream.of();
          case LEAVE_UNFORCED -> unforced(now);
        };
    return steps.<Step>map(step -> step).toList();
  }

  private static Stream<Step> joins(Membership now, Role as) {
    return by(now, now.running(Place.OUTSIDE), host -> at -> new Step.Join(host, as, at));
  }

  private static Stream<Step> forgets(Membership now) {
    return now.left().keySet().stream()
        .flatMap(node -> now.running(Place.MANAGER).stream().map(by -> new Step.Forget(node, by)));
  }

  private static Stream<Step> kills(Membership now, List<Integer> hosts) {
    return hosts.stream()
        .<Step>map(host -> new Step.Kill(host))
        .filter(kill -> now.after(kill).hasQuorum());
  }

  private static Stream<Step> unforced(Membership now) {
    String warning = warning(now.all(Place.MANAGER).size(), now.running(Place.MANAGER).size());
    return now.running(Place.MANAGER).stream().map(host -> new Step.RefusedLeave(host, warning));
  }

  /// Each host with each manager that may be asked.
  private static Stream<Step> by(
      Membership now, List<Integer> hosts, IntFunction<IntFunction<Step>> step) {
    return hosts.stream()
        .flatMap(host -> now.running(Place.MANAGER).stream().map(by -> step.apply(host).apply(by)));
  }

  /// Managers that the others can do without.
  private static List<Integer> dispensable(Membership now) {
    return now.all(Place.MANAGER).stream().filter(host -> refusal(now, host).isEmpty()).toList();
  }

  private static List<Integer> running(Membership now, List<Integer> hosts) {
    return hosts.stream().filter(now::runs).toList();
  }

  private static Stream<Step> refused(Membership now) {
    return by(
        now,
        now.all(Place.MANAGER).stream().filter(host -> !refusal(now, host).isEmpty()).toList(),
        host -> by -> new Step.RefusedDemotion(host, by, refusal(now, host)));
  }

  /// What is said against demoting a manager; empty where nothing is.
  static String refusal(Membership now, int host) {
    int all = now.all(Place.MANAGER).size();
    if (all == 1) {
      return "attempting to demote the last manager";
    }
    int running = now.running(Place.MANAGER).size();
    int left = running - (now.runs(host) ? 1 : 0);
    int needed = Membership.majority(all - 1);
    return left >= needed
        ? ""
        : "(%d of %d managers answer; without this one %d of %d would, and %d are needed)"
            .formatted(running, all, left, all - 1, needed);
  }

  private static String warning(int managers, int running) {
    return managers == 1
        ? "Removing the last manager erases all current state of the swarm."
        : "Removing this node leaves %d managers out of %d.".formatted(running - 1, managers);
  }
}
