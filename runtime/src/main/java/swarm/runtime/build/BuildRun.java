package swarm.runtime.build;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import swarm.runtime.container.ContainerEngine;
import swarm.runtime.container.EngineException;
import swarm.runtime.dockerfile.Dockerfile;
import swarm.runtime.dockerfile.DockerfileException;
import swarm.runtime.dockerfile.Instruction;
import swarm.runtime.dockerfile.Words;
import swarm.runtime.image.Image;
import swarm.runtime.image.ImageException;
import swarm.runtime.image.ImageStore;
import swarm.runtime.image.Platform;
import swarm.runtime.image.Progress;

/// One build: its stages run at once as far as none waits for another. The first that fails ends
/// them all. For one build.
final class BuildRun implements Building.Shared {
  private final BuildOptions options;
  private final Dockerfile file;
  private final BuildHost host;
  private final ImageStore images;
  private final BuildOutput output;
  private final Building building;
  private final BuildArguments arguments;
  private final Map<Integer, FutureTask<StageBuild.Result>> stages = new HashMap<>();
  private final Map<String, FutureTask<Image>> bases = new HashMap<>();
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicBoolean ended = new AtomicBoolean();

  BuildRun(
      BuildOptions options,
      Dockerfile file,
      Optional<BuildContext> context,
      BuildHost host,
      ContainerEngine engine,
      ImageStore images,
      HeldImages held,
      StepLayers layers,
      Clock clock,
      BuildOutput output) {
    this.options = options;
    this.file = file;
    this.host = host;
    this.images = images;
    this.output = output;
    this.arguments = new BuildArguments(options.arguments());
    this.building =
        new Building(options, file, context, host, engine, images, held, layers, clock, this);
  }

  Optional<Image> run() throws IOException, EngineException, InterruptedException {
    file.warnings().forEach(warning -> output.error("[WARNING]: " + warning + "\n"));
    if (!file.warnings().isEmpty()) {
      output.error("[WARNING]: Empty continuation lines will become errors in a future release.\n");
    }
    if (file.stages().isEmpty()) {
      return Optional.empty();
    }
    BuildPlan plan;
    try {
      declare(0);
      List<Instruction> labels = Builder.labels(options);
      plan = BuildPlan.of(file, options.target(), labels.size(), arguments.ofStages());
      declare(plan.steps());
      return run(plan, labels);
    } catch (DockerfileException e) {
      throw BuildException.invalid(e.getMessage());
    }
  }

  /// The arguments before the first stage.
  ///
  /// @param steps how many there are in all; 0 to tell nothing
  private void declare(int steps) throws DockerfileException {
    int step = 1;
    for (Instruction.Arg arg : file.arguments()) {
      if (steps > 0) {
        output.text("Step " + step + "/" + steps + " : " + arg.source().text());
        output.text("\n");
      }
      step++;
      Map<String, String> known = new LinkedHashMap<>(arguments.declared());
      for (Instruction.Argument one : arg.arguments()) {
        String name = Words.whole(one.name(), known, file.escape());
        Optional<String> value =
            one.value().isPresent()
                ? Optional.of(Words.whole(one.value().get(), known, file.escape()))
                : Optional.empty();
        arguments.declareBefore(name, value);
      }
    }
  }

  private Optional<Image> run(BuildPlan plan, List<Instruction> labels)
      throws IOException, EngineException, InterruptedException {
    var ordered = new OrderedOutput(output, new TreeSet<>(plan.needs().keySet()));
    List<Image> sources = cacheSources();
    synchronized (this) {
      for (int number = 0; number <= plan.target(); number++) {
        int stage = number;
        stages.put(
            stage,
            new FutureTask<>(
                () -> {
                  try {
                    return build(plan, stage, labels, sources, ordered.of(stage));
                  } catch (Exception e) {
                    failed(e, ordered);
                    throw e;
                  } finally {
                    ordered.end(stage);
                  }
                }));
      }
    }
    try {
      for (int stage : plan.needs().keySet()) {
        start(stage);
      }
      for (int stage : plan.needs().keySet()) {
        var _ = result(stage);
      }
      StageBuild.Result last = result(plan.target());
      warn(plan);
      return last.image();
    } catch (IOException | EngineException | InterruptedException | RuntimeException e) {
      throw unwrapped(Objects.requireNonNullElse(failure.get(), e));
    } finally {
      end(ordered);
      threads.close(); // a container that is being removed is waited for
    }
  }

  /// What fails first is what is told; the others end.
  private void failed(Exception e, OrderedOutput ordered) {
    if (failure.compareAndSet(null, e)) {
      end(ordered);
    }
  }

  /// Breaks off what is still being built, once: what a stage does when it has heard of it is to be
  /// done whole.
  private void end(OrderedOutput ordered) {
    if (ended.compareAndSet(false, true)) {
      ordered.close();
      threads.shutdownNow();
    }
  }

  private StageBuild.Result build(
      BuildPlan plan,
      int stage,
      List<Instruction> labels,
      List<Image> sources,
      OrderedOutput.Part to)
      throws IOException, EngineException, InterruptedException {
    var cache = new StepCache(images, building.held(), options.epoch(), sources, options.noCache());
    int first = plan.firstSteps().getOrDefault(stage, 1);
    return new StageBuild(building, stage, arguments.forStage(), cache, to)
        .build(first, plan.steps(), stage == plan.target() ? labels : List.of());
  }

  private List<Image> cacheSources() throws IOException {
    var all = new ArrayList<Image>();
    for (String name : options.cacheFrom()) {
      images.find(name).ifPresent(all::add); // as with Docker, one that is not here is no error
    }
    return all;
  }

  private synchronized FutureTask<StageBuild.Result> task(int stage) {
    FutureTask<StageBuild.Result> task = stages.get(stage);
    if (task == null) {
      throw new IllegalStateException("stage " + stage + " is after the target");
    }
    return task;
  }

  /// Running one twice does nothing.
  private void start(int stage) {
    threads.execute(task(stage));
  }

  @Override
  public Optional<Image> stage(int number)
      throws IOException, EngineException, InterruptedException {
    start(number); // one that only a trigger of a base names was not planned
    return result(number).image();
  }

  private StageBuild.Result result(int stage)
      throws IOException, EngineException, InterruptedException {
    return get(task(stage));
  }

  private static <T> T get(FutureTask<T> task)
      throws IOException, EngineException, InterruptedException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw unwrapped(Objects.requireNonNullElse(e.getCause(), e));
    }
  }

  private static IOException unwrapped(Throwable e) throws EngineException, InterruptedException {
    return switch (e) {
      case IOException io -> io;
      case EngineException engine -> throw engine;
      case InterruptedException interrupted -> throw interrupted;
      case RuntimeException bug -> throw bug;
      case Error error -> throw error;
      default -> new IOException("a stage failed", e);
    };
  }

  /// Each image is found or pulled once.
  @Override
  public Image base(String name, Optional<Platform> platform, Progress progress)
      throws IOException, InterruptedException {
    FutureTask<Image> task;
    synchronized (this) {
      task =
          bases.computeIfAbsent(
              name + " " + platform.map(Platform::toString).orElse(""),
              _ -> new FutureTask<>(() -> host.base(name, platform, progress)));
    }
    task.run();
    try {
      Image image = get(task);
      if (!building.held().add(image.id())) {
        throw ImageStore.removed(image.id());
      }
      return image;
    } catch (EngineException e) {
      throw new ImageException(ImageException.Kind.UNAVAILABLE, String.valueOf(e.getMessage()));
    }
  }

  private void warn(BuildPlan plan) throws IOException, EngineException, InterruptedException {
    Set<String> used = new TreeSet<>(arguments.referenced());
    used.addAll(BuildPlan.argumentsOfOthers(file, plan.needs().keySet()));
    for (int stage : plan.needs().keySet()) {
      used.addAll(result(stage).arguments());
    }
    Set<String> unused = arguments.unused(used);
    if (!unused.isEmpty()) {
      output.text(Builder.unused(unused));
    }
  }
}
