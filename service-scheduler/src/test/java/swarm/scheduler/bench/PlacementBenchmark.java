package swarm.scheduler.bench;

import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import swarm.scheduler.place.Scheduler;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.plan.Turn;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandApplier;

/// A thousand tasks of one service are placed in a cluster that is already full of others: the
/// state is immutable, so every invocation finds it as it was.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms6g", "-Xmx6g", "-XX:+UseSerialGC"})
@Threads(1)
public class PlacementBenchmark {
  private static final int GROUP = 1_000;

  @Param({"10", "100", "1000", "6100", "10000"})
  public int nodes;

  @Param({"1000000"})
  public int tasks;

  private ClusterState state = ClusterState.EMPTY;
  private @Nullable Turn turn;
  private @Nullable Command assigned;

  /// Fills the cluster.
  @Setup(Level.Trial)
  public void fill() {
    var crowd = new Crowd(nodes);
    int services = tasks / GROUP;
    for (int i = 0; i < services; i++) {
      String id = crowd.waiting(i, GROUP);
      var plan = new Plan();
      Scheduler.plan(turn(crowd.state(), crowd, id), plan);
      Crowd.entries(plan).forEach(crowd::applyRead);
    }
    crowd.agenda.clear();
    String last = crowd.waiting(services, GROUP);
    state = crowd.state();
    turn = turn(state, crowd, last);
    assigned = new Command.Many(List.copyOf(placements().commands()));
  }

  private static Turn turn(ClusterState state, Crowd crowd, String service) {
    return new Turn(state, new TreeSet<>(List.of(service)), false, crowd.now, crowd::id);
  }

  /// The scheduler alone.
  @Benchmark
  @OperationsPerInvocation(GROUP)
  public Plan placements() {
    var plan = new Plan();
    if (turn != null) {
      Scheduler.plan(turn, plan);
    }
    return plan;
  }

  /// What a manager does with its plan, once it is committed.
  @Benchmark
  @OperationsPerInvocation(GROUP)
  public @Nullable ClusterState assignmentsApplied() {
    return assigned == null
        ? null
        : CommandApplier.apply(state, state.index() + 1, assigned).state();
  }
}
