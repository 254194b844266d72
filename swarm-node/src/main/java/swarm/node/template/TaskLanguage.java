package swarm.node.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import swarm.template.Arguments;
import swarm.template.Function;
import swarm.template.Language;
import swarm.template.TemplateException;
import swarm.template.TextFunction;
import swarm.template.Value;

/// What templates of tasks may say: not the whole language, for agents of every version expand the
/// same text to the same, and earlier ones know no loops.
final class TaskLanguage {
  /// Bytes that a template may become, twice a large config.
  static final int LARGEST = 2 * 1024 * 1024;

  private static final int STEPS = 1_000_000;

  private TaskLanguage() {}

  /// @param functions of one text, beside swarmkit's `join`
  static Language with(Map<String, TextFunction> functions) {
    var all = new TreeMap<String, Function>();
    functions.forEach((name, function) -> all.put(name, Function.ofText(name, function)));
    all.put("join", TaskLanguage::join);
    return new Language("expansion", false, all, LARGEST, STEPS);
  }

  /// The separator comes first.
  private static Value join(List<Value> arguments) throws TemplateException {
    if (arguments.isEmpty()) {
      throw TemplateException.of("wrong number of args for join: want at least 1 got 0");
    }
    var texts = new ArrayList<String>();
    for (Value each : arguments) {
      texts.add(Arguments.text(each));
    }
    return new Value.Text(String.join(texts.getFirst(), texts.subList(1, texts.size())));
  }
}
