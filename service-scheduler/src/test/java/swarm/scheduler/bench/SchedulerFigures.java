package swarm.scheduler.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import swarm.scheduler.allocate.Allocator;
import swarm.scheduler.orchestrate.ServiceOrchestrator;
import swarm.scheduler.place.Scheduler;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.plan.Turn;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandApplier;
import swarm.scheduler.turn.TurnPlanner;

/// Fills a cluster with tasks, turn by turn, and prints what it cost: `NODES TASKS
/// TASKS-A-SERVICE`. Times are processor time of the one thread that plans and applies.
public final class SchedulerFigures {
  private static final int LOST = 400;
  private static final int WARM = 200;
  private static final double NANOS = 1e9;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final Crowd crowd;
  private long placing;
  private long others;
  private long applying;
  private long placed;

  private SchedulerFigures(int nodes) {
    this.crowd = new Crowd(nodes);
  }

  /// Measures, and prints.
  public static void main(String[] args) {
    int nodes = Integer.parseInt(args[0]);
    int tasks = Integer.parseInt(args[1]);
    int each = Integer.parseInt(args[2]);
    var figures = new SchedulerFigures(nodes);
    figures.turn(List.of()); // addresses of nodes
    long before = heap();
    var services = figures.fill(tasks / each, each);
    long after = heap();
    say(
        nodes
            + " nodes, "
            + figures.crowd.state().tasks().size()
            + " tasks, "
            + each
            + " a service");
    rate("placed by the scheduler alone", figures.placed, figures.placing);
    rate("... and applied to the state", figures.placed, figures.placing + figures.applying);
    rate(
        "... with all else of the turns",
        figures.placed,
        figures.placing + figures.applying + figures.others);
    say("heap of a task that runs: " + (after - before) / figures.placed + " bytes");
    figures.lose(services);
  }

  private static void say(String line) {
    System.out.println(line);
  }

  private static void rate(String what, long count, long nanos) {
    say(what + ": " + Math.round(count * NANOS / nanos) + " /s");
  }

  private static long heap() {
    var memory = ManagementFactory.getMemoryMXBean();
    for (int i = 0; i < 3; i++) {
      memory.gc();
    }
    return memory.getHeapMemoryUsage().getUsed();
  }

  private List<String> fill(int services, int each) {
    var all = new ArrayList<String>();
    for (int i = 0; i < services; i++) {
      String id = crowd.service(i, each);
      all.add(id);
      int left = each;
      while (left > 0) { // a turn makes a thousand tasks of a service at most
        left -= turn(List.of(id));
      }
      crowd.run(id);
      crowd.now = crowd.now.plusMillis(7);
    }
    crowd.agenda.begin(ClusterState.EMPTY); // what is due is of no interest here
    return all;
  }

  /// One turn as [TurnPlanner] has it, each part by itself.
  private int turn(List<String> services) {
    var ids = new TreeSet<>(services);
    Instant now = crowd.now;
    var plan = new Plan();
    long t0 = threads.getCurrentThreadCpuTime();
    ServiceOrchestrator.plan(new Turn(crowd.state(), ids, false, now, crowd::id), plan);
    ClusterState next = tried(crowd.state(), plan, 0);
    int done = plan.commands().size();
    Allocator.plan(new Turn(next, ids, false, now, crowd::id), plan);
    next = tried(next, plan, done);
    done = plan.commands().size();
    long t1 = threads.getCurrentThreadCpuTime();
    Scheduler.plan(new Turn(next, ids, false, now, crowd::id), plan);
    long t2 = threads.getCurrentThreadCpuTime();
    int assigned = plan.commands().size() - done;
    var rest = new Plan();
    plan.commands().subList(0, done).forEach(rest::add);
    var places = new Plan();
    plan.commands().subList(done, plan.commands().size()).forEach(places::add);
    List<Command> first = Crowd.entries(rest);
    List<Command> second = Crowd.entries(places);
    long t3 = threads.getCurrentThreadCpuTime();
    first.forEach(crowd::applyRead);
    long t4 = threads.getCurrentThreadCpuTime();
    second.forEach(crowd::applyRead);
    long t5 = threads.getCurrentThreadCpuTime();
    placing += t2 - t1;
    others += t1 - t0 + t4 - t3;
    applying += t5 - t4;
    placed += assigned;
    return assigned;
  }

  private static ClusterState tried(ClusterState state, Plan plan, int from) {
    var fresh = plan.commands().subList(from, plan.commands().size());
    return CommandApplier.apply(state, state.index() + 1, new Command.Many(fresh)).state();
  }

  /// Tasks end one after the other; each is planned again in turns of its own.
  private void lose(List<String> services) {
    long[] times = new long[LOST];
    for (int i = -WARM; i < LOST; i++) {
      crowd.now = crowd.now.plusSeconds(600);
      String service = services.get(Math.floorMod(i * 7919, services.size()));
      Command lost = crowd.lost(service, Math.floorMod(i * 31, 1_000));
      crowd.agenda.take(crowd.now); // timers of those before
      long from = threads.getCurrentThreadCpuTime();
      crowd.applyRead(lost);
      var work = crowd.agenda.take(crowd.now).orElseThrow();
      Plan plan =
          TurnPlanner.plan(
              new Turn(crowd.state(), work.services(), work.nodesChanged(), crowd.now, crowd::id));
      crowd.agenda.planned(plan);
      for (Command command : Crowd.entries(plan)) {
        crowd.applyRead(command);
      }
      long to = threads.getCurrentThreadCpuTime();
      if (plan.commands().stream().noneMatch(Command.AssignTask.class::isInstance)) {
        throw new IllegalStateException("nothing was placed: " + plan.commands());
      }
      while (crowd.agenda.take(crowd.now).isPresent()) {
        // its own commands make the service due once more
      }
      if (i >= 0) {
        times[i] = to - from;
      }
    }
    Arrays.sort(times);
    say(
        "one lost task planned again: "
            + millis(times[LOST / 2])
            + " ms in the median, "
            + millis(times[LOST * 99 / 100])
            + " in 99 of 100, "
            + millis(times[LOST - 1])
            + " at worst");
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.2f", nanos / 1e6);
  }
}
