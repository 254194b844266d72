package swarm.runtime.build;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import swarm.runtime.dockerfile.Dockerfile;
import swarm.runtime.dockerfile.DockerfileException;
import swarm.runtime.dockerfile.Instruction;
import swarm.runtime.dockerfile.Stage;
import swarm.runtime.dockerfile.Words;

/// Which stages a build needs, and what each needs of others. Pure.
///
/// @param target the stage whose image is wanted
/// @param needs for each stage that is needed, in their order, those that must be there before it
///   ends
/// @param firstSteps the number of each needed stage's first step, which is its `FROM`
/// @param steps how many there are in all
record BuildPlan(
    int target,
    SortedMap<Integer, Set<Integer>> needs,
    SortedMap<Integer, Integer> firstSteps,
    int steps) {
  /// @param wanted name of the last stage; empty for the last of all
  /// @param labels how many labels are added to it
  /// @param variables what `FROM` may name
  static BuildPlan of(Dockerfile file, String wanted, int labels, Map<String, String> variables)
      throws DockerfileException {
    int target = target(file, wanted);
    var bases = new ArrayList<OptionalInt>();
    for (int i = 0; i <= target; i++) {
      bases.add(base(file, i, variables));
    }
    var needs = new TreeMap<Integer, Set<Integer>>();
    var reached = new TreeSet<Integer>(Set.of(target));
    for (int i = target; i >= 0; i--) {
      if (reached.contains(i)) {
        Set<Integer> others = needed(file, i, bases.get(i));
        needs.put(i, others);
        reached.addAll(others);
      }
    }
    var first = new TreeMap<Integer, Integer>();
    int step = file.arguments().size() + 1;
    for (int stage : needs.keySet()) {
      first.put(stage, step);
      step += 1 + file.stages().get(stage).instructions().size();
    }
    return new BuildPlan(target, needs, first, step - 1 + labels);
  }

  private static int target(Dockerfile file, String wanted) throws DockerfileException {
    if (wanted.isEmpty()) {
      return file.stages().size() - 1;
    }
    OptionalInt found = file.stage(wanted);
    if (found.isEmpty()) {
      throw new DockerfileException("target stage \"" + wanted + "\" could not be found");
    }
    return found.getAsInt();
  }

  /// The stage that a stage begins with; nothing where it is an image.
  private static OptionalInt base(Dockerfile file, int stage, Map<String, String> variables)
      throws DockerfileException {
    Instruction.From from = file.stages().get(stage).from();
    String name = Words.whole(from.base(), variables, file.escape());
    if (name.isEmpty()) {
      throw new DockerfileException(
          "dockerfile parse error on line "
              + from.source().line()
              + ": base name ("
              + from.base()
              + ") should not be blank");
    }
    return named(file, stage, name);
  }

  /// A stage of that name before a stage.
  static OptionalInt named(Dockerfile file, int before, String name) {
    OptionalInt found = file.stage(name);
    return found.isPresent() && found.getAsInt() < before ? found : OptionalInt.empty();
  }

  private static Set<Integer> needed(Dockerfile file, int number, OptionalInt base)
      throws DockerfileException {
    var all = new TreeSet<Integer>();
    base.ifPresent(all::add);
    Stage stage = file.stages().get(number);
    for (Instruction one : stage.instructions()) {
      if (one instanceof Instruction.Copy copy && !copy.from().isEmpty()) {
        try {
          source(file, number, copy.from()).ifPresent(all::add);
        } catch (DockerfileException e) {
          throw new DockerfileException(
              "dockerfile parse error on line " + copy.source().line() + ": " + e.getMessage());
        }
      }
    }
    return all;
  }

  /// The stage that `COPY --from` means, by name or number; nothing where it means an image.
  static OptionalInt source(Dockerfile file, int current, String from) throws DockerfileException {
    OptionalInt found = named(file, current, from);
    if (found.isPresent() || !from.matches("[+-]?\\d{1,9}")) {
      return found;
    }
    int number = Integer.parseInt(from);
    if (number < 0 || number >= current) {
      String why = number == current ? "refers to current build stage" : "index out of bounds";
      throw new DockerfileException("invalid from flag value " + from + ": " + why);
    }
    return OptionalInt.of(number);
  }

  /// Names that stages declare which are not built: whoever gave them a value need not be warned.
  static Set<String> argumentsOfOthers(Dockerfile file, Set<Integer> built) {
    var all = new TreeSet<String>();
    List<Stage> stages = file.stages();
    for (int i = 0; i < stages.size(); i++) {
      for (Instruction one :
          built.contains(i) ? List.<Instruction>of() : stages.get(i).instructions()) {
        if (one instanceof Instruction.Arg arg) {
          arg.arguments().forEach(argument -> all.add(argument.name()));
        }
      }
    }
    return all;
  }
}
