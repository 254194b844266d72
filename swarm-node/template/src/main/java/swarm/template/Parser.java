package swarm.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import swarm.template.Expression.Part;
import swarm.template.Expression.Pipeline;

/// Reads a template.
final class Parser {
  /// Go has these, too.
  private static final Set<String> UNDONE = Set.of("define", "template", "block");

  /// What only the whole language has.
  private static final Set<String> WHOLE = Set.of("range", "with", "break", "continue");

  private final Language language;
  private final List<Lexer.Piece> pieces;
  private final ActionParser action;
  private int next;
  private int loops;

  Parser(String source, Language language) throws TemplateException {
    this.language = language;
    this.action = new ActionParser(source, language);
    this.pieces = new Lexer(source, language).pieces();
  }

  List<Part> parse() throws TemplateException {
    var parts = new ArrayList<Part>();
    String end = parts(parts, false);
    if (!end.isEmpty()) {
      throw action.wrong("unexpected {{" + end + "}}");
    }
    return parts;
  }

  /// Reads on to the end, or to an `end` or `else` of what it stands in.
  ///
  /// @return the word that ended it
  private String parts(List<Part> parts, boolean inside) throws TemplateException {
    while (next < pieces.size()) {
      Lexer.Piece piece = pieces.get(next++);
      if (!piece.text().isEmpty()) {
        parts.add(new Part.Text(piece.text()));
      }
      if (piece.tokens().isEmpty()) {
        continue; // a comment, or the last text
      }
      action.begin(piece.tokens());
      Token first = action.peek();
      String word = first.kind() == Token.Kind.WORD ? first.text() : "";
      if (UNDONE.contains(word) || (WHOLE.contains(word) && !language.whole())) {
        throw TemplateException.unimplemented("'" + word + "' in a template");
      }
      switch (word) {
        case "if", "with", "range" -> {
          action.take();
          parts.add(choice(word));
        }
        case "break", "continue" -> {
          action.take();
          if (loops == 0) {
            throw action.wrong("{{" + word + "}} outside {{range}}");
          }
          action.expectEnd(word);
          parts.add(new Part.Jump(word.equals("break")));
        }
        case "end", "else" -> {
          action.take();
          return word;
        }
        default -> parts.add(new Part.Print(action.pipeline(false, "command")));
      }
    }
    if (inside) {
      throw action.wrong("unexpected EOF");
    }
    return "";
  }

  /// What stands between `if`, `with` or `range` and its `end`.
  private Part choice(String word) throws TemplateException {
    action.deeper();
    int variables = action.variables();
    Pipeline pipeline = action.pipeline(word.equals("range"), word);
    var then = new ArrayList<Part>();
    var otherwise = new ArrayList<Part>();
    loops += word.equals("range") ? 1 : 0;
    String end = parts(then, true);
    loops -= word.equals("range") ? 1 : 0;
    if (end.equals("else")) {
      otherwise(word, otherwise);
    } else {
      action.expectEnd("end");
    }
    action.forget(variables);
    action.shallower();
    return switch (word) {
      case "if" -> new Part.If(pipeline, then, otherwise);
      case "with" -> new Part.With(pipeline, then, otherwise);
      default -> new Part.Range(pipeline, then, otherwise);
    };
  }

  private void otherwise(String word, List<Part> otherwise) throws TemplateException {
    if (!word.equals("range") && action.peek().is(word)) {
      action.take();
      otherwise.add(choice(word)); // its end is this one's, too
      return;
    }
    action.expectEnd("else");
    if (parts(otherwise, true).equals("else")) {
      throw action.wrong("unexpected {{else}}");
    }
    action.expectEnd("end");
  }
}
