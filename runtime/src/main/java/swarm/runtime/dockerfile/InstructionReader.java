package swarm.runtime.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import swarm.runtime.dockerfile.Instruction.Argument;
import swarm.runtime.dockerfile.Instruction.Command;
import swarm.runtime.dockerfile.Instruction.Pair;
import swarm.runtime.dockerfile.Instruction.Source;

/// Reads one instruction (BuildKit's packages `parser` and `instructions`): its flags, the form of
/// its arguments, how many there must be. Pure.
final class InstructionReader {
  private static final Set<String> WITH_DOCUMENTS = Set.of("ADD", "COPY", "RUN");
  private static final Set<String> NONE = Set.of();
  private static final Pattern STAGE = Pattern.compile("[a-z][a-z0-9-_.]*");
  private static final Pattern ON_BUILD = Pattern.compile("(?i)^\\s*ONBUILD\\s*");

  private final LogicalLine line;
  private final CommandLine command;
  private final char escape;
  private final Source source;

  private InstructionReader(LogicalLine line, char escape) {
    this.line = line;
    this.escape = escape;
    this.command = CommandLine.of(line.text(), escape);
    this.source = new Source(line.first(), command.keyword(), Characters.trim(line.text()));
  }

  /// @throws DockerfileException without a line: whoever knows it adds it
  static Instruction read(LogicalLine line, char escape) throws DockerfileException {
    return new InstructionReader(line, escape).instruction();
  }

  /// Whether an instruction may have here-documents behind it.
  static boolean takesDocuments(String text, char escape) {
    CommandLine command = CommandLine.of(text, escape);
    if (command.name().equals("ONBUILD")) {
      command = CommandLine.of(command.rest(), escape);
    }
    try {
      return WITH_DOCUMENTS.contains(command.name()) && JsonWords.read(command.rest()).isEmpty();
    } catch (DockerfileException _) {
      return false; // said when it is read
    }
  }

  private Instruction instruction() throws DockerfileException {
    return switch (command.name()) {
      case "FROM" -> from();
      case "RUN" -> {
        List<String> flags = runFlags();
        yield new Instruction.Run(source, shellOrExec(), flags, line.documents());
      }
      case "CMD" -> new Instruction.Cmd(plain(), shellOrExec());
      case "ENTRYPOINT" -> new Instruction.Entrypoint(plain(), shellOrExec());
      case "ENV" -> new Instruction.Env(plain(), pairs());
      case "LABEL" -> new Instruction.Label(plain(), pairs(), false);
      case "ARG" -> new Instruction.Arg(plain(), arguments());
      case "COPY" -> copy(false);
      case "ADD" -> copy(true);
      case "EXPOSE" ->
          new Instruction.Expose(plain(), some(command.fields()).stream().sorted().toList());
      case "VOLUME" -> new Instruction.Volume(plain(), volumes());
      case "USER" -> new Instruction.User(plain(), one());
      case "WORKDIR" -> new Instruction.Workdir(plain(), one());
      case "STOPSIGNAL" -> new Instruction.StopSignal(source, one());
      case "SHELL" -> new Instruction.Shell(plain(), shell());
      case "MAINTAINER" -> new Instruction.Maintainer(plain(), one());
      case "ONBUILD" -> onBuild();
      case "HEALTHCHECK" -> HealthCheckReader.read(source, command);
      default -> throw new DockerfileException("unknown instruction: " + command.keyword());
    };
  }

  /// For those that have no flags.
  private Source plain() throws DockerfileException {
    Flags.read(command.flags(), NONE, NONE);
    return source;
  }

  /// BuildKit's flags are told by name when the step is reached, as Docker's classic builder does.
  private List<String> runFlags() throws DockerfileException {
    var names = new ArrayList<String>();
    for (String flag : command.flags()) {
      String name = flag.substring(2).split("=", 2)[0];
      if (!Set.of("mount", "network", "security", "device").contains(name)) {
        throw new DockerfileException("unknown flag: --" + name);
      }
      names.add(name);
    }
    return List.copyOf(names);
  }

  private DockerfileException few(String what) {
    return new DockerfileException(command.name() + " requires " + what);
  }

  private List<String> some(List<String> words) throws DockerfileException {
    if (words.isEmpty()) {
      throw few("at least one argument");
    }
    return words;
  }

  private String one() throws DockerfileException {
    if (command.rest().isEmpty()) {
      throw few("exactly one argument");
    }
    return command.rest();
  }

  private Instruction.From from() throws DockerfileException {
    List<String> words = command.fields();
    String name = "";
    if (words.size() == 3 && words.get(1).equalsIgnoreCase("as")) {
      name = words.get(2).toLowerCase(Locale.ROOT);
      if (!STAGE.matcher(name).matches()) {
        throw new DockerfileException(
            "invalid name for build stage: "
                + GoText.quote(words.get(2))
                + ", name can't start with a number or contain symbols");
      }
    } else if (words.size() != 1) {
      throw new DockerfileException("FROM requires either one or three arguments");
    }
    Flags flags = Flags.read(command.flags(), Set.of("platform"), NONE);
    return new Instruction.From(source, words.getFirst(), name, flags.text("platform"));
  }

  private Command shellOrExec() throws DockerfileException {
    Optional<List<String>> array = JsonWords.read(command.rest());
    if (array.isPresent()) {
      return new Command(true, array.get());
    }
    return new Command(false, command.rest().isEmpty() ? List.of() : List.of(command.rest()));
  }

  private List<Pair> pairs() throws DockerfileException {
    List<String> words = some(command.quotedWords(escape));
    var all = new ArrayList<Pair>();
    if (!words.getFirst().contains("=")) { // the old form: the rest is the value
      String rest = command.rest();
      int blank = 0;
      while (blank < rest.length() && !Characters.isBlank(rest.charAt(blank))) {
        blank++;
      }
      if (blank == rest.length()) {
        throw new DockerfileException(command.name() + " must have two arguments");
      }
      String value = rest.substring(blank);
      int begin = 0;
      while (begin < value.length() && Characters.isBlank(value.charAt(begin))) {
        begin++;
      }
      return List.of(new Pair(rest.substring(0, blank), value.substring(begin)));
    }
    for (String word : words) {
      int equal = word.indexOf('=');
      if (equal < 0) {
        throw new DockerfileException(
            "Syntax error - can't find = in "
                + GoText.quote(word)
                + ". Must be of the form: name=value");
      }
      if (equal == 0) {
        throw new DockerfileException(command.name() + " names can not be blank");
      }
      all.add(new Pair(word.substring(0, equal), word.substring(equal + 1)));
    }
    return List.copyOf(all);
  }

  private List<Argument> arguments() throws DockerfileException {
    var all = new ArrayList<Argument>();
    for (String word : some(command.quotedWords(escape))) {
      int equal = word.indexOf('=');
      if (equal == 0) {
        throw new DockerfileException("ARG names can not be blank");
      }
      all.add(
          equal < 0
              ? new Argument(word, Optional.empty())
              : new Argument(word.substring(0, equal), Optional.of(word.substring(equal + 1))));
    }
    return List.copyOf(all);
  }

  private Instruction.Copy copy(boolean add) throws DockerfileException {
    Optional<List<String>> array = JsonWords.read(command.rest());
    List<String> words = array.isPresent() ? array.get() : command.fields();
    if (words.size() < 2) {
      throw few(
          "at least two arguments, but only one was provided. Destination could not be determined");
    }
    Flags flags =
        add
            ? Flags.read(
                command.flags(),
                Set.of("chown", "chmod", "checksum", "exclude"),
                Set.of("link", "keep-git-dir", "unpack"))
            : Flags.read(
                command.flags(),
                Set.of("chown", "chmod", "from", "exclude"),
                Set.of("link", "parents"));
    String destination = words.getLast();
    var sources = new ArrayList<String>();
    for (String word : words.subList(0, words.size() - 1)) {
      if (array.isPresent() || !isDocument(word)) {
        sources.add(word);
      }
    }
    if (array.isEmpty() && isDocument(destination)) {
      throw new DockerfileException(command.name() + " cannot accept a heredoc as a destination");
    }
    return new Instruction.Copy(
        source,
        add,
        List.copyOf(sources),
        destination,
        line.documents(),
        flags.text("from"),
        flags.text("chown"),
        flags.text("chmod"),
        flags.used());
  }

  private static boolean isDocument(String word) {
    try {
      return HereDocument.of(word).isPresent();
    } catch (DockerfileException _) {
      return false; // a name with an odd quote in it
    }
  }

  private List<String> volumes() throws DockerfileException {
    Optional<List<String>> array = JsonWords.read(command.rest());
    var all = new ArrayList<String>();
    for (String path : some(array.isPresent() ? array.get() : command.fields())) {
      String trimmed = Characters.trim(path);
      if (trimmed.isEmpty()) {
        throw new DockerfileException("VOLUME specified can not be an empty string");
      }
      all.add(trimmed);
    }
    return List.copyOf(all);
  }

  private List<String> shell() throws DockerfileException {
    Command words = shellOrExec();
    some(words.words());
    if (!words.exec()) {
      throw new DockerfileException(
          "SHELL requires the arguments to be in JSON form: " + source.text());
    }
    return words.words();
  }

  private Instruction.OnBuild onBuild() throws DockerfileException {
    plain();
    some(command.fields());
    CommandLine inner = CommandLine.of(command.rest(), escape);
    switch (inner.name()) {
      case "ONBUILD" ->
          throw new DockerfileException("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
      case "MAINTAINER", "FROM" ->
          throw new DockerfileException(inner.name() + " isn't allowed as an ONBUILD trigger");
      default -> {
        // anything else, whether it can be read or not, is the next build's
      }
    }
    var trigger = new StringBuilder(ON_BUILD.matcher(source.text()).replaceFirst(""));
    for (HereDocument document : line.documents()) {
      trigger.append('\n').append(document.content()).append(document.name());
    }
    return new Instruction.OnBuild(source, trigger.toString());
  }
}
