package swarm.node.template;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import swarm.node.template.Expression.Part;

/// A template in the syntax of Go's `text/template`: text, fields, calls, pipelines, `if`, comments
/// and the removal of white space. What Go has beyond that is refused by name. It has no loops, so
/// that it ends, and what it makes has a bound. Immutable.
final class Template {
  /// Bytes that a template may become, twice a large config.
  static final int LARGEST = 2 * 1024 * 1024;

  /// A function of the caller's, of one text.
  @FunctionalInterface
  interface TextFunction {
    /// @param argument bytes, as those of [Value.Text]
    String of(String argument) throws TemplateException;
  }

  private final String source;
  private final List<Part> parts;
  private final Map<String, TextFunction> functions;

  private Template(String source, List<Part> parts, Map<String, TextFunction> functions) {
    this.source = source;
    this.parts = parts;
    this.functions = functions;
  }

  /// @param functions beside those that every template has
  static Template parse(byte[] text, Map<String, TextFunction> functions) throws TemplateException {
    String source = new String(text, StandardCharsets.ISO_8859_1);
    var names = new TreeSet<>(Builtins.NAMES);
    names.addAll(functions.keySet());
    return new Template(source, new Parser(source, names).parse(), functions);
  }

  /// @param context what `.` stands for
  byte[] expand(Value.Struct context) throws TemplateException {
    var out = new StringBuilder();
    write(parts, context, out);
    return out.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private void write(List<Part> some, Value.Struct context, StringBuilder out)
      throws TemplateException {
    for (Part part : some) {
      switch (part) {
        case Part.Text text -> append(out, text.bytes());
        case Part.Print print -> {
          try {
            append(out, value(print.what(), context).print());
          } catch (TemplateException e) {
            throw at(print.what(), e);
          }
        }
        case Part.If choice -> {
          boolean yes;
          try {
            yes = value(choice.condition(), context).truth();
          } catch (TemplateException e) {
            throw at(choice.condition(), e);
          }
          write(yes ? choice.then() : choice.otherwise(), context, out);
        }
      }
    }
  }

  private static void append(StringBuilder out, String bytes) throws TemplateException {
    if (out.length() + bytes.length() > LARGEST) {
      throw TemplateException.of(
          "template: expansion: what it becomes is larger than " + LARGEST + " bytes");
    }
    out.append(bytes);
  }

  private Value value(Expression what, Value.Struct context) throws TemplateException {
    return switch (what) {
      case Expression.Dot _ -> context;
      case Expression.Literal literal -> literal.value();
      case Expression.Fields fields -> {
        Value value = value(fields.of(), context);
        for (String name : fields.names()) {
          value = field(value, name);
        }
        yield value;
      }
      case Expression.Call call -> call(call, context);
    };
  }

  private static Value field(Value of, String name) throws TemplateException {
    Value found =
        switch (of) {
          case Value.Struct object -> object.fields().get(name);
          case Value.Texts texts -> texts.entries().get(name);
          case Value.Text _, Value.Int _, Value.Bool _ -> null;
        };
    if (found != null) {
      return found;
    }
    throw TemplateException.of(
        of instanceof Value.Texts
            ? "map has no entry for key \"" + Builtins.shown(name) + "\""
            : "can't evaluate field " + Builtins.shown(name) + " in type " + of.goType());
  }

  private Value call(Expression.Call call, Value.Struct context) throws TemplateException {
    boolean and = call.function().equals("and");
    if (and || call.function().equals("or")) {
      Value last = new Value.Bool(and);
      for (Expression each : call.arguments()) {
        last = value(each, context);
        if (last.truth() != and) {
          break;
        }
      }
      return last;
    }
    var arguments = new ArrayList<Value>();
    for (Expression each : call.arguments()) {
      arguments.add(value(each, context));
    }
    TextFunction own = functions.get(call.function());
    if (own == null) {
      return Builtins.call(call.function(), arguments);
    }
    String argument = Builtins.text(call.function(), Builtins.only(call.function(), arguments));
    try {
      return new Value.Text(own.of(argument));
    } catch (TemplateException e) {
      throw e.in("error calling " + call.function());
    }
  }

  /// With the place, in Go's words.
  private TemplateException at(Expression where, TemplateException e) {
    String before = source.substring(0, where.at());
    long line = 1 + before.chars().filter(c -> c == '\n').count();
    int column = where.at() - before.lastIndexOf('\n') - 1;
    return e.in("template: expansion:" + line + ":" + column + ": executing \"expansion\"");
  }
}
