package swarm.runtime.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// A Dockerfile that was read.
///
/// @param escape what escapes characters and continues lines
/// @param arguments those before the first stage
/// @param stages in order; none where the file has arguments only
/// @param warnings in Docker's words
public record Dockerfile(
    char escape, List<Instruction.Arg> arguments, List<Stage> stages, List<String> warnings) {
  private static final String FRONTEND = "docker/dockerfile";

  /// Instructions. Each becomes an image that has the history of all before it.
  private static final int MOST = 5_000;

  /// Reads a whole file.
  ///
  /// @throws DockerfileException with the line of what cannot be read
  public static Dockerfile read(String text) throws DockerfileException {
    var reader = new LineReader(text);
    List<LogicalLine> lines = reader.read();
    if (lines.isEmpty()) {
      throw new DockerfileException("failed to parse Dockerfile: file with no instructions");
    }
    if (lines.size() > MOST) {
      throw new DockerfileException(
              "a Dockerfile of " + lines.size() + " instructions: the limit is " + MOST)
          .at(lines.get(MOST).first());
    }
    checkSyntax(reader.directives());
    char escape = reader.directives().escape();
    var arguments = new ArrayList<Instruction.Arg>();
    var stages = new ArrayList<Stage>();
    var current = new ArrayList<Instruction>();
    for (LogicalLine line : lines) {
      Instruction one = instruction(line, escape, stages);
      if (one instanceof Instruction.From from) {
        current = new ArrayList<>();
        stages.add(new Stage(from, current));
      } else if (!stages.isEmpty()) {
        current.add(one);
      } else if (one instanceof Instruction.Arg arg) {
        arguments.add(arg);
      } else {
        throw new DockerfileException(
            "no build stage in current context (line " + line.first() + ": " + line.text() + ")");
      }
    }
    return new Dockerfile(escape, List.copyOf(arguments), frozen(stages), reader.warnings());
  }

  /// @param before the stages before it
  private static Instruction instruction(LogicalLine line, char escape, List<Stage> before)
      throws DockerfileException {
    try {
      Instruction one = InstructionReader.read(line, escape);
      if (one instanceof Instruction.From from) {
        checkName(from.name(), before);
      }
      return one;
    } catch (DockerfileException e) {
      throw e.at(line.first());
    }
  }

  private static List<Stage> frozen(List<Stage> stages) {
    return stages.stream()
        .map(stage -> new Stage(stage.from(), List.copyOf(stage.instructions())))
        .toList();
  }

  private static void checkName(String name, List<Stage> before) throws DockerfileException {
    if (!name.isEmpty() && before.stream().anyMatch(s -> s.from().name().equals(name))) {
      throw new DockerfileException(name + " stage name already used");
    }
  }

  /// What BuildKit would fetch to read this file with. Docker's own language is the one that is
  /// read here anyway; of its later versions the classic builder refuses what it lacks by name.
  private static void checkSyntax(ParserDirectives directives) throws DockerfileException {
    String syntax = directives.syntax().orElse(FRONTEND).split("\\s", 2)[0];
    String name = syntax.replaceFirst("^docker\\.io/", "").split("[:@]", 2)[0];
    if (!name.equals(FRONTEND)) {
      throw new DockerfileException(
              "the syntax directive names the frontend '"
                  + syntax
                  + "', which only BuildKit could run: this builder reads "
                  + FRONTEND
                  + " alone")
          .at(1);
    }
  }

  /// Reads instructions that stand alone, such as those of `commit --change`.
  public static List<Instruction> instructions(List<String> lines) throws DockerfileException {
    var reader = new LineReader(String.join("\n", lines));
    var all = new ArrayList<Instruction>();
    for (LogicalLine line : reader.read()) {
      all.add(InstructionReader.read(line, reader.directives().escape()));
    }
    return all;
  }

  /// Reads one instruction, such as a trigger of `ONBUILD`.
  ///
  /// @throws DockerfileException also where it is none or more than one
  public static Instruction instruction(String text) throws DockerfileException {
    List<Instruction> all = instructions(List.of(text));
    if (all.size() != 1) {
      throw new DockerfileException("onbuild trigger should be a single expression");
    }
    return all.getFirst();
  }

  /// The stage of a name, in whatever letters.
  public OptionalInt stage(String name) {
    for (int i = 0; i < stages.size(); i++) {
      if (!name.isEmpty() && stages.get(i).from().name().equalsIgnoreCase(name)) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }
}
