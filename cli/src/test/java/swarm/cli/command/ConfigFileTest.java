package swarm.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Model.OptionSpec;

class ConfigFileTest {
  @Test
  void what_is_set_is_read() throws IOException {
    ConfigFile file =
        ConfigFile.parse("f", "{\"log-level\": \"debug\", \"runtimes\": [\"runc\", \"/x/crun\"]}");
    assertThat(file.texts()).containsEntry("log-level", "debug").hasSize(1);
    assertThat(file.lists()).containsEntry("runtimes", List.of("runc", "/x/crun")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n", "{}"})
  void nothing_is_set_in_an_empty_file(String content) throws IOException {
    assertThat(ConfigFile.parse("f", content)).isEqualTo(ConfigFile.EMPTY);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"log-levl\": \"debug\"} | f: \"log-levl\" (set to \"debug\") is no option of the daemon;"
            + " there are cgroup-parent, data-root, exec-root, hosts, insecure-registries,"
            + " labels, log-format, log-level, manage-firewall, node-generic-resources, pidfile, registry-mirrors, rehearse, runtimes, tlscacert, tlscert, tlskey, tlsverify",
        "{\"log-level\": true} | f: \"log-level\" (set to true) must be a text in double quotes",
        "{\"pidfile\": null} | f: \"pidfile\" (set to null) must be a text in double quotes",
        "{\"data-root\": [\"/a\"]} | f: \"data-root\" (set to [\"/a\"]) must be a text in double"
            + " quotes",
        "{\"runtimes\": \"crun\"} | f: \"runtimes\" (set to \"crun\") must be a list of texts, such"
            + " as [\"a\", \"b\"]",
        "{\"runtimes\": {\"a\": \"b\"}} | f: \"runtimes\" (set to {\"a\":\"b\"}) must be a list of"
            + " texts, such as [\"a\", \"b\"]",
        "{\"hosts\": [\"unix:///a\", 5]} | f: \"hosts\" (set to [\"unix:///a\",5]) must be a list"
            + " of texts, such as [\"a\", \"b\"]",
        "{\"tlsverify\": \"yes\"} | f: \"tlsverify\" (set to \"yes\") must be true or false",
        "[\"log-level\"] | f must hold a JSON object, such as {\"log-level\": \"debug\"}, not"
            + " [\"log-level\"]",
      })
  void what_is_not_meant_to_be_there_is_named(String content, String message) {
    assertThatThrownBy(() -> ConfigFile.parse("f", content))
        .isInstanceOf(IOException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{", "log-level: debug", "{} {}", "{\"pidfile\": \"a\", \"pidfile\": \"b\"}"})
  void what_is_not_one_object_is_refused_with_its_line(String content) {
    assertThatThrownBy(() -> ConfigFile.parse("f", content))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("f is not one JSON object: line 1: ");
  }

  /// An option added to the command must get a key, too.
  @Test
  void every_option_has_a_key() {
    var options = new TreeSet<String>();
    for (OptionSpec option : DaemonCommand.spec().options()) {
      options.add(option.longestName().substring("--".length()));
    }
    options.removeAll(List.of("help", "config-file"));
    var keys = new TreeSet<>(ConfigFile.TEXTS);
    keys.addAll(ConfigFile.SWITCHES);
    keys.addAll(List.of("host", "insecure-registry", "registry-mirror", "runtime"));
    keys.addAll(List.of("label", "node-generic-resource"));
    assertThat(options).isEqualTo(keys);
    assertThat(ConfigFile.LISTS).hasSize(6);
  }
}
