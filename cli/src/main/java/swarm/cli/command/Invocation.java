package swarm.cli.command;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import swarm.cli.client.Api;
import swarm.cli.client.DaemonUnreachableException;
import swarm.cli.spec.InvalidValueException;
import swarm.cli.spec.KeyValues;
import swarm.cli.spec.OptionValues;
import swarm.linux.FileNames;

/// One call of a command: what was given, and whom to answer.
final class Invocation implements OptionValues {
  private final ParseResult options;
  private final Terminal terminal;
  private @Nullable Api api;

  Invocation(ParseResult options, Terminal terminal) {
    this.options = options;
    this.terminal = terminal;
  }

  Terminal terminal() {
    return terminal;
  }

  PrintStream out() {
    return terminal.out();
  }

  PrintStream err() {
    return terminal.err();
  }

  Instant now() {
    return terminal.clock().instant();
  }

  /// The command's usage line, for what is wrong with an option.
  String usage() {
    return Failures.usage(options.commandSpec());
  }

  /// The command that all others are below.
  CommandSpec root() {
    return options.commandSpec().root();
  }

  /// The variables of this process; `--config` stands for `DOCKER_CONFIG`.
  Map<String, String> environment() {
    ParseResult whole = root().commandLine().getParseResult();
    String folder = whole == null ? "" : whole.matchedOptionValue("--config", "");
    if (folder.isEmpty()) {
      return terminal.environment();
    }
    var all = new TreeMap<>(terminal.environment());
    all.put("DOCKER_CONFIG", folder);
    return all;
  }

  /// As they are shown and sent as JSON: bytes that are not UTF-8 are U+FFFD.
  List<String> arguments() {
    return files().stream().map(FileNames::shown).toList();
  }

  /// The same as names of files, byte for byte ([ExactArguments]): texts of [FileNames].
  List<String> files() {
    return options.matchedPositionals().isEmpty()
        ? List.of()
        : options.matchedPositionalValue(0, List.<String>of());
  }

  /// The options that were given, by their long names.
  Set<String> given() {
    return options.matchedOptions().stream()
        .map(OptionSpec::longestName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Override
  public boolean given(String option) {
    return options.hasMatchedOption(option);
  }

  @Override
  public String text(String option) {
    return FileNames.shown(file(option));
  }

  /// An option's value as a name of a file, byte for byte: a text of [FileNames].
  String file(String option) {
    OptionSpec matched = options.matchedOption(option);
    Object value = matched == null ? null : matched.getValue();
    return value == null ? "" : value.toString();
  }

  @Override
  public List<String> list(String option) {
    OptionSpec matched = options.matchedOption(option);
    List<String> values = matched == null ? List.of() : matched.getValue();
    return values.stream().map(FileNames::shown).toList();
  }

  /// `--filter`, with what the command itself adds.
  Map<String, List<String>> filters() throws InvalidValueException {
    return KeyValues.filters(list("--filter"));
  }

  /// The daemon.
  Api api() throws DaemonUnreachableException {
    Api known = api;
    if (known == null) {
      ParseResult whole = options.commandSpec().root().commandLine().getParseResult();
      known = new Api(ClientSettings.endpoint(whole, terminal.environment()));
      api = known;
    }
    return known;
  }

  /// Prints a text, line ends and all.
  void print(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out().write(bytes, 0, bytes.length);
  }
}
