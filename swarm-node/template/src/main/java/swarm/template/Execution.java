package swarm.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import swarm.template.Expression.Part;
import swarm.template.Expression.Pipeline;

/// One expansion of a template: what was written so far, and what it may still cost.
final class Execution {
  /// How a list of parts ended.
  private enum End {
    DONE,
    BREAK,
    CONTINUE
  }

  private final Language language;
  private final Evaluation evaluation;
  private final StringBuilder out = new StringBuilder();
  private int steps;

  Execution(String source, Language language, Value context) {
    this.language = language;
    this.evaluation = new Evaluation(source, language, context);
  }

  String run(List<Part> parts) throws TemplateException {
    write(parts, evaluation.root());
    return out.toString();
  }

  private End write(List<Part> some, Value dot) throws TemplateException {
    for (Part part : some) {
      if (++steps > language.steps()) {
        throw TemplateException.of(
            "template: " + language.name() + ": it does more than " + language.steps() + " steps");
      }
      End end =
          switch (part) {
            case Part.Text text -> append(text.bytes());
            case Part.Print print -> print(print.what(), dot);
            case Part.If choice -> {
              int scope = evaluation.scope();
              boolean yes = evaluation.value(choice.condition(), dot).truth();
              End inner = write(yes ? choice.then() : choice.otherwise(), dot);
              evaluation.leave(scope);
              yield inner;
            }
            case Part.With with -> {
              int scope = evaluation.scope();
              Value value = evaluation.value(with.context(), dot);
              End inner = value.truth() ? write(with.then(), value) : write(with.otherwise(), dot);
              evaluation.leave(scope);
              yield inner;
            }
            case Part.Range range -> range(range, dot);
            case Part.Jump jump -> jump.out() ? End.BREAK : End.CONTINUE;
          };
      if (end != End.DONE) {
        return end;
      }
    }
    return End.DONE;
  }

  private End print(Pipeline what, Value dot) throws TemplateException {
    Value value = evaluation.value(what, dot);
    if (!what.variables().isEmpty()) {
      return End.DONE;
    }
    try {
      return append(Printing.action(value));
    } catch (TemplateException e) {
      throw evaluation.at(what.value(), e);
    }
  }

  private End append(String bytes) throws TemplateException {
    if (out.length() + bytes.length() > language.largest()) {
      throw TemplateException.of(
          "template: "
              + language.name()
              + ": what it becomes is larger than "
              + language.largest()
              + " bytes");
    }
    out.append(bytes);
    return End.DONE;
  }

  private End range(Part.Range range, Value dot) throws TemplateException {
    int scope = evaluation.scope();
    // each round sets its variables itself
    Value over = evaluation.value(new Pipeline(List.of(), true, range.over().value()), dot);
    List<Map.Entry<Value, Value>> rounds = rounds(range, over);
    End end = End.DONE;
    if (rounds.isEmpty()) {
      end = write(range.otherwise(), dot);
    }
    for (Map.Entry<Value, Value> round : rounds) {
      List<String> names = range.over().variables();
      boolean declares = range.over().declares();
      if (names.size() == 2) {
        evaluation.set(names.get(0), round.getKey(), declares);
      }
      if (!names.isEmpty()) {
        evaluation.set(names.getLast(), round.getValue(), declares);
      }
      End inner = write(range.each(), round.getValue());
      evaluation.leave(scope);
      if (inner == End.BREAK) {
        break;
      }
    }
    evaluation.leave(scope);
    return end;
  }

  private List<Map.Entry<Value, Value>> rounds(Part.Range range, Value over)
      throws TemplateException {
    var rounds = new ArrayList<Map.Entry<Value, Value>>();
    switch (over) {
      case Value.Items list -> {
        for (Value each : list.items()) {
          rounds.add(Map.entry(new Value.Int(rounds.size()), each));
        }
      }
      case Value.Entries map ->
          map.entries().forEach((key, each) -> rounds.add(Map.entry(new Value.Text(key), each)));
      case Value.Int(long count) -> {
        for (long i = 0; i < Math.min(count, language.steps()); i++) {
          rounds.add(Map.entry(new Value.Int(i), new Value.Int(i)));
        }
      }
      case Value.Nil _, Value.Absent _ -> {}
      case Value.Text _, Value.Bool _, Value.Real _, Value.Struct _, Value.Method _ ->
          throw evaluation.at(
              range.over().value(),
              TemplateException.of("range can't iterate over " + Printing.plain(over)));
    }
    return rounds;
  }
}
