package swarm.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The whole language; expectations are what Go's `text/template` makes of it.
class TemplateTest {
  private static final Language WHOLE = new Language("", true, Map.of(), 100_000, 10_000);

  private static Value text(String text) {
    return Value.Text.of(text);
  }

  private static Value context() {
    var map = new TreeMap<String, Value>(Map.of("b", text("2"), "a", text("1"), "c.d", text("3")));
    var fields = new LinkedHashMap<String, Value>();
    fields.put("Name", text("web"));
    fields.put("List", new Value.Items("string", List.of(text("x"), text("y"), text("z"))));
    fields.put("Empty", new Value.Items("string", List.of()));
    fields.put("Map", new Value.Entries("string", map, new Value.Absent()));
    fields.put("Strict", new Value.Entries("string", map, null));
    fields.put("Number", new Value.Int(7));
    fields.put("Real", new Value.Real(0.5));
    fields.put("Yes", new Value.Bool(true));
    fields.put("Nil", new Value.Nil());
    fields.put("Inner", new Value.Struct("pair", new TreeMap<>(fields), _ -> null, false));
    Value method =
        new Value.Method(a -> text("<" + Arguments.text(Arguments.only("Tag", a)) + ">"));
    return new Value.Struct("thing", fields, name -> name.equals("Tag") ? method : null, false);
  }

  /// `~` is a line end, `'` a quote, `;` a pipe.
  private static String told(String template) {
    String source = template.replace("~", "\n").replace('\'', '"').replace(';', '|');
    try {
      byte[] bytes = source.getBytes(StandardCharsets.UTF_8);
      return new String(Template.parse(bytes, WHOLE).expand(context()), StandardCharsets.UTF_8)
          .replace("\n", "~");
    } catch (TemplateException e) {
      return "! " + e.getMessage();
    }
  }

  private static String plain(String text) {
    return text.replace('"', '\'').replace(';', '|');
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "{{range .List}}{{.}},{{end}} | x,y,z,",
        "{{range .Empty}}{{.}}{{else}}none{{end}} | none",
        "{{range .Nil}}{{.}}{{else}}none{{end}} | none",
        "{{range $i, $e := .List}}{{$i}}{{$e}} {{end}}! | 0x 1y 2z !",
        "{{range $e := .List}}{{$e}}{{end}} | xyz",
        "{{range $k, $v := .Map}}{{$k}}={{$v}} {{end}}! | a=1 b=2 c.d=3 !",
        "{{range 3}}{{.}}{{end}} | 012",
        "{{range .List}}{{if eq . 'y'}}{{continue}}{{end}}{{.}}{{end}} | xz",
        "{{range .List}}{{if eq . 'y'}}{{break}}{{end}}{{.}}{{end}} | x",
        "{{range .List}}{{$.Name}}{{end}} | webwebweb",
        "{{$x := 1}}{{range .List}}{{$x = .}}{{end}}{{$x}} | z",
        "{{$x := 1}}{{if true}}{{$x := 2}}{{$x}}{{end}}{{$x}} | 21",
        "{{with .Name}}{{.}}{{end}} | web",
        "{{with $n := .Number}}{{$n}}{{.}}{{end}} | 77",
        "{{with .Nil}}x{{else}}none{{end}} | none",
        "{{with .Nil}}x{{else with .Name}}{{.}}{{end}} | web",
        "{{if .Nil}}a{{else if .Empty}}b{{else}}c{{end}} | c",
        "{{.Tag 'a'}}{{'b' ; .Tag}}{{(.Tag 'c')}} | <a><b><c>",
        "{{(index .List 1)}}{{(.Inner).Name}}{{.Inner.Name}} | ywebweb",
        "{{len (index .List 0)}}{{len .Map}} | 13",
        "{{index .Map 'c.d'}}{{index .Map 'no'}}{{.Map.no}} | 3<no value>",
        "{{slice .Name 1}}{{slice .Name 0 1}}{{slice .List 1 2}} | ebw[y]",
        "{{lt 1 2}}{{le 'b' 'a'}}{{gt .Real 0.1}}{{ge 2 2}} | truefalsetruetrue",
        "{{eq .Nil nil}}{{ne .Nil nil}}{{eq .Number 1 7}} | truefalsetrue",
        "{{.Real}} {{.Yes}} {{.Nil}} {{.List}} {{.Map}} | 0.5 true <nil> [x y z] map[a:1 b:2 c.d:3]",
        "{{1.5}} {{0x10}} {{-3}} {{+3}} {{.5}} {{1000000.5}} | 1.5 16 -3 3 0.5 1.0000005e+06",
        "{{printf '%-5s;%5d;%05d;%x' .Name 42 42 255}} | web  ;   42;00042;ff",
        "{{printf '%.1f %v %t %q %T' 1.25 .Real true 'a' 1}} | 1.2 0.5 true 'a' int",
        "{{printf '%d %s' 'a' 1}} | %!d(string=a) %!s(int=1)",
        "{{printf '%d'}}{{printf 'x' 1}} | %!d(MISSING)x%!(EXTRA int=1)",
        "{{html '<&>'}}{{js '<'}}{{urlquery 'a b&c*'}} | &lt;&amp;&gt;\\u003Ca+b%26c%2A",
        "{{and 1 0}}{{or 0 'x'}}{{and .Nil .Nope}} | 0x<nil>",
        "{{.Nope}} | ! template: :1:2: executing '' at <.Nope>: can't evaluate field Nope in type thing",
        "{{.Inner.Nope}} | ! template: :1:8: executing '' at <.Inner.Nope>: can't evaluate field Nope in type"
            + " pair",
        "{{.Strict.no}} | ! template: :1:9: executing '' at <.Strict.no>: map has no entry for key 'no'",
        "{{$y}} | ! template: :1: undefined variable '$y'",
        "{{break}} | ! template: :1: {{break}} outside {{range}}",
        "{{range .Name}}{{end}} | ! template: :1:8: executing '' at <.Name>: range can't iterate over web",
        "{{.Name 1}} | ! template: :1:2: executing '' at <.Name>: Name has arguments but cannot be invoked as"
            + " function",
        "{{range .List}} | ! template: :1: unexpected EOF",
        "{{template 'x'}} | ! 'template' in a template",
        "{{range 100000}}{{end}} | ",
      })
  void becomesWhatGoMakesOfIt(String template, String expected) {
    assertThat(plain(told(template))).isEqualTo(expected == null ? "" : plain(expected));
  }

  @Test
  void whatItDoesHasABound() {
    assertThat(told("{{range 200}}{{range 200}}{{.}}{{end}}{{end}}"))
        .contains("more than 10000 steps");
    assertThat(told("{{range 9000}}0123456789012345{{end}}")).contains("larger than 100000 bytes");
  }

  private static final List<String> ODD =
      List.of(
          "{{",
          "}}",
          "{{-",
          "-}}",
          " ",
          ".",
          ".List",
          ".Map",
          "range",
          "with",
          "if",
          "else",
          "end",
          "break",
          "$x",
          "$",
          ":=",
          "=",
          ",",
          "(",
          ")",
          "|",
          "\"",
          "'",
          "`",
          "index",
          "printf",
          "\"%-9d\"",
          "1",
          "1.5",
          "nil",
          "true",
          "/*",
          "*/",
          "\n",
          "ü",
          "\\",
          "{{range .List}}",
          "{{end}}",
          ".Tag",
          "slice",
          "lt",
          "3");

  @RepeatedTest(50)
  void whateverIsWrittenIsExpandedOrRefused(RepetitionInfo info) {
    var random = new Random(info.getCurrentRepetition());
    for (int i = 0; i < 200; i++) {
      var template = new StringBuilder();
      for (int words = random.nextInt(20); words > 0; words--) {
        template.append(ODD.get(random.nextInt(ODD.size())));
      }
      assertThat(told(template.toString())).as("%s", template).isNotNull();
    }
  }
}
