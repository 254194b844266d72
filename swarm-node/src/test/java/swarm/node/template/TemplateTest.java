package swarm.node.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.template.Template;
import swarm.template.TemplateException;
import swarm.template.TextFunction;

/// What templates become; expectations are what Go's `text/template` makes of them.
class TemplateTest {
  private static final TaskContext TASK =
      new TaskContext(
          "s1",
          "web",
          Map.of("tier", "front", "a.b", "dotted", "ü", "ö"),
          "n1",
          "host1",
          "linux",
          "x86_64",
          "t1",
          "web.2.t1",
          "2");

  private static final Map<String, TextFunction> FUNCTIONS =
      Map.of(
          "env",
          name -> name.equals("X") ? "value of X" : "",
          "secret",
          target -> {
            if (target.equals("pw")) {
              return "hunter2";
            }
            throw TemplateException.of("secret target " + target + " not found");
          });

  private static String expand(String template) throws TemplateException {
    byte[] bytes = template.getBytes(StandardCharsets.UTF_8);
    return new String(
        Template.parse(bytes, TaskLanguage.with(FUNCTIONS)).expand(TASK.value()),
        StandardCharsets.UTF_8);
  }

  /// `~` is a line end, `'` a quote, `;` a pipe.
  private static String told(String template) {
    try {
      return expand(template.replace("~", "\n").replace('\'', '"').replace(';', '|'))
          .replace("\n", "~");
    } catch (TemplateException e) {
      return (e.isUnimplemented() ? "501 " : "400 ") + e.getMessage();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "plain                                          | plain",
        "{{.Service.Name}}.{{ .Task.Slot }}             | web.2",
        "{{.Service.ID}}{{.Node.ID}}{{.Task.ID}}        | s1n1t1",
        "{{.Node.Hostname}}/{{.Node.Platform.OS}}/{{.Node.Platform.Architecture}} | host1/linux/x86_64",
        "{{.Task.Name}}                                 | web.2.t1",
        "{{.Service.Labels.tier}}                       | front",
        "{{index .Service.Labels 'a.b'}}                | dotted",
        "{{index .Service.Labels 'none'}}!              | !",
        "{{.Service.Labels}}                            | map[a.b:dotted tier:front ü:ö]",
        "{{$.Task.Slot}}{{(.Node).ID}}                  | 2n1",
        "ä{{index .Service.Labels 'ü'}}ä                | äöä",
        "{{'a\\tb\\x41\\u00e4'}}                        | a\tbAä",
        "{{`raw \\n`}}                                  | raw \\n",
        "{{/* nothing */}}x                             | x",
        "{{- /* trims */ -}}  x                         | x",
        "a {{- 'b' -}} ~ c                              | abc",
        "{{env 'X'}}, {{env 'Y'}}!                      | value of X, !",
        "{{secret 'pw'}}                                | hunter2",
        "{{join '-' .Service.Name .Task.Slot}}          | web-2",
        "{{.Task.Slot ; printf '%s of %s' .Service.Name}} | web of 2",
        "{{printf '%q %v %d%%' 'a' true 7}}             | 'a' true 7%",
        "{{print 1 2 'a' 3}}                            | 1 2a3",
        "{{println 'a' 1}}                              | a 1~",
        "{{len .Service.Name}}{{len .Service.Labels}}   | 33",
        "{{if eq .Task.Slot '1' '2'}}yes{{else}}no{{end}} | yes",
        "{{if ne .Task.Slot '2'}}yes{{else}}no{{end}}   | no",
        "{{if .Service.Labels.none2}}{{end}}            "
            + "| 400 template: expansion:1:13: executing 'expansion' at"
            + " <.Service.Labels.none2>: map has no entry for key 'none2'",
        "{{if env 'Y'}}a{{else if eq 1 1}}b{{else}}c{{end}} | b",
        "{{if and (env 'X') (not false)}}a{{end}}       | a",
        "{{or (env 'Y') 'default'}}                     | default",
        "{{if true}}a{{if false}}b{{end}}c{{end}}       | ac",
        "a}}b                                           | a}}b",
        "{ {.}                                          | { {.}",
      })
  void becomesWhatGoMakesOfIt(String template, String expected) {
    assertThat(told(template)).isEqualTo(expected.replace('\'', '"'));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "{{.Foo}} | 400 template: expansion:1:2: executing 'expansion' at <.Foo>: can't evaluate field Foo in type"
            + " *template.Context",
        "~~ {{.Task.Foo}} | 400 template: expansion:3:8: executing 'expansion' at <.Task.Foo>: can't evaluate field"
            + " Foo in type struct { ID string; Name string; Slot string }",
        "{{.Task.ID.X}} | 400 template: expansion:1:7: executing 'expansion' at <.Task.ID.X>: can't evaluate field X in"
            + " type string",
        "{{foo}} | 400 template: expansion:1: function 'foo' not defined",
        "~{{config 'x'}} | 400 template: expansion:2: function 'config' not defined",
        "{{secret 'x'}} | 400 template: expansion:1:2: executing 'expansion' at <secret 'x'>: error calling secret:"
            + " secret target x not found",
        "{{env 'a' 'b'}} | 400 template: expansion:1:2: executing 'expansion' at <env>: wrong number of args for"
            + " env: want 1 got 2",
        "{{.Task ; env}} | 400 template: expansion:1:10: executing 'expansion' at <env>: wrong type for"
            + " value; expected string; got struct { ID string; Name string; Slot string }",
        "{{ | 400 template: expansion:1: unclosed action",
        "{{}} | 400 template: expansion:1: missing value for command",
        "{{1 .B}} | 400 template: expansion:1: can't give argument to non-function 1",
        "{{'a}} | 400 template: expansion:1: unterminated quoted string",
        "{{(1}} | 400 template: expansion:1: unclosed left paren",
        "{{1)}} | 400 template: expansion:1: unexpected ')' in command",
        "{{if true}} | 400 template: expansion:1: unexpected EOF",
        "{{end}} | 400 template: expansion:1: unexpected {{end}}",
        "{{if true}}{{else}}{{else}}{{end}} | 400 template: expansion:1: unexpected {{else}}",
        "{{'a' ; 'b'}} | 400 template: expansion:1: non executable command in pipeline stage 2",
        "{{1x}} | 400 template: expansion:1: bad number syntax: '1x'",
        "{{&}} | 400 template: expansion:1: unexpected '&' in action",
        "{{index .Service.Name 'a'}} | 400 template: expansion:1:2: executing 'expansion' at <index .Service.Name"
            + " 'a'>: error calling index: cannot index slice/array with type string",
        "{{range .Service.Labels}}{{end}} | 501 'range' in a template",
        "{{with .Task}}{{end}} | 501 'with' in a template",
        "{{$x := 1}} | 501 a variable such as '$x' in a template",
        "{{html 'a'}} | 501 the function 'html' in a template",
        "{{printf '%x' 1}} | 501 template: expansion:1:2: executing 'expansion' at <printf '%x' 1>: '%x' of 'printf' in a"
            + " template",
        "{{.}} | 501 template: expansion:1:2: executing 'expansion' at <.>: printing all of a *template.Context"
            + " in a template",
      })
  void saysWhatIsWrongAndWhere(String template, String expected) {
    assertThat(told(template).replace('"', '\'')).isEqualTo(expected.replace('"', '\''));
  }

  @Test
  void whatItBecomesHasABound() {
    String large = "{{env `X`}}".repeat(1 + TaskLanguage.LARGEST / "value of X".length());

    assertThat(told(large)).contains("larger than " + TaskLanguage.LARGEST + " bytes");
  }

  @Test
  void whatIsWithinEachOtherHasABound() {
    assertThat(told("{{" + "(".repeat(100_000) + "1" + ")".repeat(100_000) + "}}"))
        .contains("more than 64 conditions or parentheses");
    assertThat(told("{{if true}}".repeat(100_000))).contains("more than 64");
    assertThat(told("{{1" + " | printf `%d`".repeat(50_000) + "}}"))
        .contains("more than 64 stages");
  }

  @Test
  void bytesThatAreNoTextStayAsTheyAre() throws TemplateException {
    byte[] bytes = {(byte) 0xff, 0, '{', '{', '1', '}', '}', (byte) 0xc3};

    assertThat(Template.parse(bytes, TaskLanguage.with(Map.of())).expand(TASK.value()))
        .containsExactly(0xff, 0, '1', 0xc3);
  }

  private static final List<String> ODD =
      List.of(
          "{{",
          "}}",
          "{{-",
          "-}}",
          " ",
          ".",
          ".Task",
          "if",
          "end",
          "else",
          "(",
          ")",
          "|",
          "\"",
          "`",
          "index",
          "print",
          "1",
          "$",
          "/*",
          "*/",
          "\n",
          "x",
          "ü",
          "\\",
          "{{if true}}",
          "{{end}}");

  @RepeatedTest(100)
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
