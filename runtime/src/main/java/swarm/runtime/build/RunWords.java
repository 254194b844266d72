package swarm.runtime.build;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import swarm.runtime.archive.Sha256;
import swarm.runtime.dockerfile.HereDocument;
import swarm.runtime.dockerfile.Instruction;
import swarm.runtime.image.ConfigEditor;

/// What `RUN` runs. Pure.
///
/// @param command the program with its arguments
/// @param script the here-document that is the program; nothing for none
record RunWords(List<String> command, Optional<Script> script) {
  private static final String PIPES = "/dev/pipes/";
  private static final Pattern DOCUMENT = Pattern.compile("\\d*<<-?\\s*[^<\\s]+");

  /// A program that is in the container while it runs, and not in the image.
  ///
  /// @param path in the container
  record Script(String path, String content) {
    byte[] bytes() {
      return content.getBytes(StandardCharsets.UTF_8);
    }
  }

  /// @param editor of the configuration so far, which knows the shell
  static RunWords of(Instruction.Run run, ConfigEditor editor) {
    if (run.documents().isEmpty()) {
      return new RunWords(editor.resolved(run.command()), Optional.empty());
    }
    List<String> words = run.command().words();
    HereDocument first = run.documents().getFirst();
    boolean alone = words.size() == 1 && DOCUMENT.matcher(words.getFirst()).matches();
    if (alone && run.documents().size() == 1 && first.content().startsWith("#!")) {
      var script = new Script(PIPES + first.name(), first.text());
      return new RunWords(List.of(script.path()), Optional.of(script));
    }
    var text = new StringBuilder();
    if (alone) {
      text.append(first.text());
    } else { // the shell knows what to do with it
      text.append(String.join(" ", words));
      for (HereDocument document : run.documents()) {
        text.append('\n').append(document.content()).append(document.name());
      }
    }
    var line = new Instruction.Command(false, List.of(text.toString()));
    return new RunWords(editor.resolved(line), Optional.empty());
  }

  /// The command as a later build knows it again: with the values that it was given, and by the
  /// content of its script.
  ///
  /// @param given whether there were any
  /// @param counted those that make it another step, in the order of their names
  List<String> known(boolean given, Map<String, String> counted) {
    var all = new ArrayList<String>();
    if (given) {
      all.add("|" + counted.size());
      counted.forEach((name, value) -> all.add(name + "=" + value));
    }
    all.addAll(command);
    script.ifPresent(s -> all.add("#" + Sha256.hex(s.bytes())));
    return all;
  }
}
