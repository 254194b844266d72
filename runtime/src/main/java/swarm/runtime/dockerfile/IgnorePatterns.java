package swarm.runtime.dockerfile;

import java.util.ArrayList;
import java.util.List;

/// The patterns of a `.dockerignore` (moby's `ignorefile` and `patternmatcher`): a file is left out
/// where the last pattern that matches it, or a folder above it, does not begin with `!`.
/// Immutable.
public final class IgnorePatterns {
  /// Patterns and what they match are short; together they bound the time of a match.
  private static final int MAX_LENGTH = 4096;

  /// @param keeps whether it begins with `!`
  /// @param cleaned the pattern
  /// @param form what matches it
  private record Rule(boolean keeps, String cleaned, Form form) {}

  private sealed interface Form {
    record Exact() implements Form {}

    record Prefix(String text) implements Form {}

    record Suffix(String text) implements Form {}

    record Parts(PathPattern pattern) implements Form {}
  }

  private final List<Rule> rules;

  private IgnorePatterns(List<Rule> rules) {
    this.rules = rules;
  }

  /// Reads the text of a file.
  ///
  /// @throws DockerfileException with the line of a pattern that has no sense
  public static IgnorePatterns read(String text) throws DockerfileException {
    var rules = new ArrayList<Rule>();
    String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
    int number = 0;
    for (String line : plain.split("\n", -1)) {
      number++;
      if (!line.startsWith("#")) {
        try {
          add(Characters.trim(line), rules);
        } catch (DockerfileException e) {
          throw new DockerfileException(
              "error checking context: .dockerignore, line " + number + ": " + e.getMessage());
        }
      }
    }
    return new IgnorePatterns(List.copyOf(rules));
  }

  private static void add(String line, List<Rule> rules) throws DockerfileException {
    boolean keeps = line.startsWith("!");
    String pattern = keeps ? Characters.trim(line.substring(1)) : line;
    if (pattern.isEmpty()) {
      if (keeps) {
        throw new DockerfileException("illegal exclusion pattern: \"!\"");
      }
      return;
    }
    if (pattern.length() > MAX_LENGTH) {
      throw new DockerfileException("a pattern has more than " + MAX_LENGTH + " characters");
    }
    pattern = clean(pattern);
    if (pattern.length() > 1 && pattern.startsWith("/")) {
      pattern = pattern.substring(1);
    }
    FileMatch.check(pattern);
    rules.add(new Rule(keeps, pattern, form(pattern)));
  }

  /// Go's `filepath.Clean`.
  static String clean(String path) {
    boolean rooted = path.startsWith("/");
    var parts = new ArrayList<String>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..") && !parts.isEmpty() && !parts.getLast().equals("..")) {
        parts.removeLast();
      } else if (part.equals("..") ? !rooted : !part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    String joined = (rooted ? "/" : "") + String.join("/", parts);
    return joined.isEmpty() ? "." : joined;
  }

  /// Whether there is any rule.
  public boolean isEmpty() {
    return rules.isEmpty();
  }

  /// Whether a folder that is left out may hold something that is not.
  public boolean keepsSome() {
    return rules.stream().anyMatch(Rule::keeps);
  }

  /// Whether a path of the context, without a slash before it, is left out.
  public boolean ignores(String path) {
    boolean ignored = false;
    for (Rule rule : rules) {
      if (rule.keeps() == ignored && matchesWithParents(rule, path)) {
        ignored = !rule.keeps();
      }
    }
    return ignored;
  }

  private static boolean matchesWithParents(Rule rule, String path) {
    if (rule.form() instanceof Form.Parts(PathPattern pattern)) {
      return pattern.matchesWithParents(path);
    }
    if (matches(rule, path)) {
      return true;
    }
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      if (matches(rule, path.substring(0, slash))) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(Rule rule, String path) {
    return switch (rule.form()) {
      case Form.Exact _ -> path.equals(rule.cleaned());
      case Form.Prefix(String text) -> path.startsWith(text);
      case Form.Suffix(String text) ->
          path.endsWith(text) || (text.startsWith("/") && path.equals(text.substring(1)));
      case Form.Parts(PathPattern pattern) -> pattern.matches(path);
    };
  }

  /// As `patternmatcher` compiles a pattern: `**` at the beginning or the end alone is less than
  /// one in the middle.
  private static Form form(String pattern) throws DockerfileException {
    PathPattern parts = PathPattern.of(pattern);
    if (parts.isPlain()) {
      return new Form.Exact();
    }
    if (pattern.startsWith("**") && PathPattern.of(pattern.substring(2)).isPlain()) {
      return new Form.Suffix(pattern.substring(2));
    }
    String bare = pattern.substring(0, Math.max(0, pattern.length() - 2));
    if (pattern.endsWith("**") && PathPattern.of(bare).isPlain()) {
      return new Form.Prefix(bare);
    }
    return new Form.Parts(parts);
  }
}
