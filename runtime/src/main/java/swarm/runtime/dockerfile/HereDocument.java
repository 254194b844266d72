package swarm.runtime.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Lines behind an instruction that belong to it: `RUN <<EOF`.
///
/// @param name the word that ends it
/// @param expand whether variables in it are resolved: not where a part of the word was quoted
/// @param chomp whether tabs at the beginning of its lines go (`<<-`)
/// @param content its lines
public record HereDocument(String name, boolean expand, boolean chomp, String content) {
  private static final Pattern FORM = Pattern.compile("(\\d*+)<<(-?+)\\s*+([^<]*+)");
  private static final Pattern TABS = Pattern.compile("(?m)^\t+");

  /// The lines as they are meant.
  public String text() {
    return chomp ? TABS.matcher(content).replaceAll("") : content;
  }

  HereDocument with(String lines) {
    return new HereDocument(name, expand, chomp, lines);
  }

  /// The one that a word begins, or nothing where it begins none.
  static Optional<HereDocument> of(String word) throws DockerfileException {
    Matcher form = FORM.matcher(word);
    if (!form.matches() || form.group(3).isEmpty()) {
      return Optional.empty();
    }
    String rest = form.group(3);
    List<String> plain = Words.split(rest, Map.of(), new Words.Style('\\', false, false, true));
    if (plain.size() != 1) {
      return Optional.empty();
    }
    List<String> raw = Words.split(rest, Map.of(), new Words.Style('\\', true, false, true));
    boolean quoted = raw.size() != 1 || quotes(plain.getFirst()) != quotes(raw.getFirst());
    return Optional.of(new HereDocument(plain.getFirst(), !quoted, !form.group(2).isEmpty(), ""));
  }

  private static long quotes(String word) {
    return word.chars().filter(c -> c == '\'' || c == '"').count();
  }

  /// Those that an instruction's line begins, in order.
  static List<HereDocument> ofLine(String line) throws DockerfileException {
    List<String> words;
    try {
      words = Words.split(line, Map.of(), new Words.Style('\\', true, true, true));
    } catch (DockerfileException _) {
      return List.of(); // a line that a shell understands otherwise
    }
    var all = new ArrayList<HereDocument>();
    for (String word : words) {
      of(word).ifPresent(all::add);
    }
    return all;
  }
}
