package swarm.runtime.build;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.linux.RootedFiles;
import swarm.runtime.archive.ArchiveException;
import swarm.runtime.archive.TreePaths;
import swarm.runtime.container.ContainerConfig;
import swarm.runtime.container.EngineException;
import swarm.runtime.dockerfile.Dockerfile;
import swarm.runtime.dockerfile.DockerfileException;
import swarm.runtime.dockerfile.HereDocument;
import swarm.runtime.dockerfile.Instruction;
import swarm.runtime.dockerfile.Stage;
import swarm.runtime.dockerfile.Words;
import swarm.runtime.image.ConfigEditor;
import swarm.runtime.image.Image;
import swarm.runtime.image.ImageException;
import swarm.runtime.image.Platform;
import swarm.runtime.image.StepCommitter;

/// Builds one stage, step by step (moby's `builder/dockerfile/dispatchers.go` and `internals.go`):
/// each step is looked for in what earlier builds left, and made where it is not there. For one
/// stage, on one thread.
final class StageBuild {
  private static final Logger LOG = LoggerFactory.getLogger(StageBuild.class);
  private static final String SCRATCH = "scratch";
  private static final String DEFAULT_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final int SHORT = 12;

  private final Building building;
  private final int number;
  private final Stage stage;
  private final OrderedOutput.Part output;
  private final BuildArguments arguments;
  private final StepCache cache;
  private ObjectNode config = JsonNodeFactory.instance.objectNode();
  private ConfigEditor editor;
  private Optional<Image> image = Optional.empty();
  private Platform platform;
  private String author = "";

  StageBuild(
      Building building,
      int number,
      BuildArguments arguments,
      StepCache cache,
      OrderedOutput.Part output) {
    this.building = building;
    this.number = number;
    this.stage = building.file().stages().get(number);
    this.output = output;
    this.arguments = arguments;
    this.cache = cache;
    this.editor = new ConfigEditor(config, building.file().escape());
    this.platform = building.platform();
  }

  /// What a stage came to.
  ///
  /// @param image nothing for a stage of nothing with no step
  /// @param arguments names that it declares
  record Result(Optional<Image> image, Set<String> arguments) {}

  /// @param first the number of the first step
  /// @param more instructions that the request adds
  Result build(int first, int all, List<Instruction> more)
      throws IOException, EngineException, InterruptedException {
    int step = first;
    begin(stage.from(), step, all);
    var instructions = new ArrayList<>(stage.instructions());
    instructions.addAll(more);
    for (Instruction one : instructions) {
      checkCancelled();
      step++;
      say(step, all, one);
      guarded(place(one), () -> step(one));
      tellImage();
    }
    image.ifPresent(made -> output.image(made.id()));
    return new Result(image, arguments.referenced());
  }

  private void say(int step, int all, Instruction one) {
    output.text("Step " + step + "/" + all + " : " + one.source().text());
    output.text("\n");
  }

  private void tellImage() {
    output.text(" ---> " + image.map(i -> i.id().substring(7, 7 + SHORT)).orElse("") + "\n");
  }

  @FunctionalInterface
  private interface Work {
    void run() throws IOException, EngineException, InterruptedException, DockerfileException;
  }

  /// What fails names its place; it keeps its kind.
  private static void guarded(String place, Work work)
      throws IOException, EngineException, InterruptedException {
    try {
      work.run();
    } catch (DockerfileException | ArchiveException e) {
      throw BuildException.invalid(e.getMessage() + place);
    } catch (BuildException e) {
      throw e.with(place);
    } catch (ImageException e) {
      throw new ImageException(e.kind(), e.getMessage() + place);
    } catch (InterruptedIOException | ClosedByInterruptException e) {
      throw e; // nobody waits for the words
    } catch (IOException e) { // a full disk, or what else the host had
      LOG.warn("a step of a build failed{}", place, e);
      throw BuildException.failed(e.getMessage() + place);
    } catch (EngineException e) {
      throw BuildException.failed(e.getMessage() + place);
    }
  }

  private static String place(Instruction one) {
    Instruction.Source source = one.source();
    return source.line() == 0 ? "" : " (line " + source.line() + ": " + source.text() + ")";
  }

  /// Of an instruction that a base has brought: it stands in no line of this file.
  private static String place(Instruction.From from, Instruction trigger) {
    return " (line "
        + from.source().line()
        + ": "
        + from.source().text()
        + ", whose trigger is: "
        + trigger.source().text()
        + ")";
  }

  private void begin(Instruction.From from, int step, int all)
      throws IOException, EngineException, InterruptedException {
    say(step, all, from);
    var triggers = new ArrayList<Instruction>();
    guarded(
        place(from),
        () -> {
          start(from);
          triggers.addAll(triggers());
        });
    for (Instruction trigger : triggers) {
      checkCancelled();
      guarded(place(from, trigger), () -> step(trigger));
    }
    tellImage();
  }

  private static void checkCancelled() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("the build was cancelled");
    }
  }

  private void start(Instruction.From from)
      throws IOException, EngineException, InterruptedException, DockerfileException {
    Map<String, String> variables = arguments.ofStages();
    char escape = building.file().escape();
    boolean own = !from.platform().isEmpty();
    if (own) {
      platform =
          Platform.parse(
              Words.whole(from.platform(), variables, escape),
              building.host().platform().architecture());
      if (!platform.os().equals("linux")) {
        throw new DockerfileException("operating system is not supported: " + platform.os());
      }
    }
    start(Words.whole(from.base(), variables, escape), own);
  }

  private void start(String base, boolean ownPlatform)
      throws IOException, EngineException, InterruptedException, DockerfileException {
    var before = BuildPlan.named(building.file(), number, base);
    if (before.isPresent()) {
      image = building.stage(before.getAsInt());
    } else if (!base.equals(SCRATCH)) {
      image =
          Optional.of(
              building.base(
                  base,
                  ownPlatform ? Optional.of(platform) : building.options().platform(),
                  output.progress()));
    }
    image.ifPresent(
        from -> {
          if (from.configuration().path("config") instanceof ObjectNode own) {
            config = own.deepCopy();
          }
        });
    config.remove(List.of("OpenStdin", "StdinOnce", "Image"));
    editor = new ConfigEditor(config, building.file().escape());
    if (!editor.environment().containsKey("PATH")) {
      config.withArray("/Env").add("PATH=" + DEFAULT_PATH);
    }
  }

  /// What the base wants to have done first.
  private List<Instruction> triggers() throws DockerfileException {
    var all = new ArrayList<Instruction>();
    for (var trigger : config.path("OnBuild")) {
      all.add(Dockerfile.instruction(trigger.asText()));
    }
    config.remove("OnBuild");
    if (!all.isEmpty()) {
      output.text(
          "# Executing " + all.size() + " build trigger" + (all.size() > 1 ? "s" : "") + "\n");
    }
    return all;
  }

  private void step(Instruction one)
      throws IOException, EngineException, InterruptedException, DockerfileException {
    switch (one) {
      case Instruction.Arg arg -> argument(arg);
      case Instruction.Maintainer maintainer -> {
        author = maintainer.name();
        note("MAINTAINER " + author);
      }
      case Instruction.Workdir workdir -> workdir(workdir);
      case Instruction.Setting setting -> setting(setting);
      case Instruction.Run run -> run(run);
      case Instruction.Copy copy -> copy(copy);
      case Instruction.From from ->
          throw new DockerfileException(from.source().text() + " begins a stage");
    }
  }

  /// The environment, and what is declared beside it.
  private Map<String, String> variables() {
    var all = new LinkedHashMap<>(arguments.declared());
    all.putAll(editor.environment());
    return all;
  }

  private void argument(Instruction.Arg arg) throws IOException, DockerfileException {
    Map<String, String> variables = variables();
    var said = new ArrayList<String>();
    for (Instruction.Argument one : arg.arguments()) {
      char escape = building.file().escape();
      String name = Words.whole(one.name(), variables, escape);
      Optional<String> value =
          one.value().isPresent()
              ? Optional.of(Words.whole(one.value().get(), variables, escape))
              : Optional.empty();
      arguments.declare(name, value);
      said.add(name + value.map(v -> "=" + v).orElse(""));
    }
    note("ARG " + String.join(" ", said));
  }

  private void setting(Instruction.Setting setting) throws IOException, DockerfileException {
    if (setting instanceof Instruction.HealthCheck && config.path("Healthcheck").has("Test")) {
      var before = new ArrayList<String>();
      config.path("Healthcheck").path("Test").forEach(word -> before.add(word.asText()));
      if (!before.isEmpty() && !before.getFirst().equals("NONE")) {
        output.text("Note: overriding previous HEALTHCHECK: [" + String.join(" ", before) + "]\n");
      }
    }
    note(editor.apply(setting, variables()));
  }

  /// A step that changes the configuration alone.
  private void note(String comment) throws IOException {
    ObjectNode stepConfig = commented("#(nop) ", comment);
    if (!cached(stepConfig)) {
      image = Optional.of(building.layers().commit(image, made(stepConfig)));
    }
  }

  /// The configuration with what a step says as its command.
  private ObjectNode commented(String... comment) {
    ObjectNode stepConfig = config.deepCopy();
    var command = stepConfig.putArray("Cmd");
    editor.shell().forEach(command::add);
    for (String word : comment) {
      command.add(word);
    }
    return stepConfig;
  }

  private StepCommitter.Step made(ObjectNode stepConfig) {
    Instant now = building.options().epoch().orElseGet(building.clock()::instant);
    return new StepCommitter.Step(config.deepCopy(), stepConfig, author, now, platform);
  }

  private boolean fixedTimes() {
    return building.options().epoch().isPresent();
  }

  private boolean cached(ObjectNode stepConfig) throws IOException {
    Optional<Image> found = cache.find(image, made(stepConfig));
    if (found.isPresent()) {
      output.text(" ---> Using cache\n");
      image = found;
    }
    return found.isPresent();
  }

  private void workdir(Instruction.Workdir workdir)
      throws IOException, EngineException, DockerfileException, InterruptedException {
    String comment = editor.apply(workdir, variables());
    ObjectNode stepConfig = commented("#(nop) " + comment);
    if (cached(stepConfig)) {
      return;
    }
    String path = config.path("WorkingDir").asText();
    checkPath(path);
    StepLayers.Change change = root -> makeDirectory(root, path);
    StepCommitter.Step step = made(stepConfig);
    image =
        Optional.of(output.make(() -> building.layers().commit(image, change, step, fixedTimes())));
  }

  private static void makeDirectory(Path root, String path)
      throws IOException, DockerfileException {
    try {
      String folder = TreePaths.resolve(root, path); // a link may lead to nothing
      RootedFiles.makeDirectories(root, folder).close();
    } catch (FileAlreadyExistsException | NotDirectoryException _) {
      throw new DockerfileException("Cannot mkdir: " + path + " is not a directory");
    }
  }

  private static void checkPath(String path) throws DockerfileException {
    if (path.indexOf(0) >= 0) {
      throw new DockerfileException("invalid path: it has a NUL character in it");
    }
  }

  private void run(Instruction.Run run)
      throws IOException, EngineException, InterruptedException, DockerfileException {
    if (!run.flags().isEmpty()) {
      throw needsBuildKit(run.flags().getFirst());
    }
    RunWords words = RunWords.of(run, editor);
    Map<String, String> given = arguments.beside(editor.environment().keySet());
    ObjectNode stepConfig = config.deepCopy();
    stepConfig.set("Cmd", array(words.known(!given.isEmpty(), counted(given))));
    stepConfig.remove("Entrypoint");
    if (cached(stepConfig)) {
      return;
    }
    if (image.isEmpty()) {
      throw new DockerfileException(
          "nothing can be run in an image without files: "
              + (words.command().isEmpty() ? "" : "exec: \"" + words.command().getFirst() + "\": ")
              + "no such file or directory");
    }
    ObjectNode request = RunStep.request(config, image.get());
    request.set("Cmd", array(words.command()));
    request.putArray("Entrypoint").add("");
    request.putObject("Healthcheck").putArray("Test").add("NONE");
    given.forEach((name, value) -> request.withArray("/Env").add(name + "=" + value));
    ContainerConfig container = building.host().container(request, image.get());
    var step =
        new RunStep(
            building.engine(),
            new StepCommitter(building.images(), building.held()::add),
            building.options().keep(),
            output);
    Image before = image.get();
    image =
        Optional.of(
            output.make(() -> step.run(before, container, words, made(stepConfig), fixedTimes())));
  }

  private static ArrayNode array(List<String> words) {
    var array = JsonNodeFactory.instance.arrayNode();
    words.forEach(array::add);
    return array;
  }

  /// The given values that make another step of a command.
  private Map<String, String> counted(Map<String, String> given) {
    var all = new TreeMap<>(given);
    all.keySet().removeIf(name -> !arguments.counts(name));
    return all;
  }

  private void copy(Instruction.Copy copy)
      throws IOException, EngineException, InterruptedException, DockerfileException {
    for (String flag : copy.flags()) {
      if (!List.of("from", "chown", "chmod", "link").contains(flag)) {
        throw needsBuildKit(flag);
      }
    }
    Map<String, String> variables = variables();
    char escape = building.file().escape();
    var words =
        new CopyWords(
            copy.add() ? "ADD" : "COPY",
            expanded(copy.sources(), variables, escape),
            Words.whole(copy.destination(), variables, escape),
            documents(copy, variables, escape),
            Words.whole(copy.chown(), variables, escape),
            Words.whole(copy.chmod(), variables, escape));
    checkPath(words.destination());
    Optional<Optional<Image>> from = from(copy);
    var step = new CopyStep(building, words, from, output);
    output.make(() -> step.with(items -> copied(words, from.isPresent(), items)));
  }

  private Optional<Image> copied(CopyWords words, boolean ofImage, List<CopyItem> items)
      throws IOException, DockerfileException, InterruptedException {
    ObjectNode stepConfig = commented("#(nop) " + words.comment(items));
    String beside = CopyItem.beside(items);
    if (!beside.isEmpty()) {
      stepConfig.put(StepCommitter.BESIDE, beside);
    }
    if (!cached(stepConfig)) {
      var target = new CopyStep.Target(config.path("WorkingDir").asText(""), ofImage);
      StepLayers.Change change = root -> CopyStep.copy(root, target, words, items);
      image = Optional.of(building.layers().commit(image, change, made(stepConfig), fixedTimes()));
    }
    return image;
  }

  private static DockerfileException needsBuildKit(String flag) {
    return new DockerfileException(
        "the --"
            + flag
            + " option requires BuildKit. Refer to https://docs.docker.com/go/buildkit/ to learn"
            + " how to build images with BuildKit enabled");
  }

  private static List<String> expanded(
      List<String> words, Map<String, String> variables, char escape) throws DockerfileException {
    var all = new ArrayList<String>();
    for (String word : words) {
      all.add(Words.whole(word, variables, escape));
    }
    return all;
  }

  private static Map<String, String> documents(
      Instruction.Copy copy, Map<String, String> variables, char escape)
      throws DockerfileException {
    var all = new LinkedHashMap<String, String>();
    for (HereDocument document : copy.documents()) {
      String text = document.text();
      all.put(document.name(), document.expand() ? Words.lines(text, variables, escape) : text);
    }
    return all;
  }

  /// The stage or image that is copied from; nothing for the context. A stage may have no files.
  private Optional<Optional<Image>> from(Instruction.Copy copy)
      throws IOException, EngineException, InterruptedException, DockerfileException {
    if (copy.from().isEmpty()) {
      return Optional.empty();
    }
    var before = BuildPlan.source(building.file(), number, copy.from());
    if (before.isPresent()) {
      return Optional.of(building.stage(before.getAsInt()));
    }
    try {
      Image other = building.base(copy.from(), building.options().platform(), output.progress());
      return Optional.of(Optional.of(other));
    } catch (ImageException e) {
      throw new ImageException(
          e.kind(), "invalid from flag value " + copy.from() + ": " + e.getMessage());
    }
  }
}
