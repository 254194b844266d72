package swarm.cli.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every message names the file, the line and the key; its words are those of `docker stack`.
class ComposeErrorsTest {
  private static final String HEAD = "services:\n  web:\n    image: a\n";

  /// `;` stands for the end of a line, `~` for a level.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "foo: 1 | 1.yml:4: services.web Additional property foo is not allowed",
        "hostname: 5 | 1.yml:4: services.web.hostname must be a string",
        "cap_add: A | 1.yml:4: services.web.cap_add must be a list",
        "cap_add: [A, A] | services.web.cap_add array items[0,1] must be unique",
        "command: 1 | 1.yml:4: services.web.command must be a string or list",
        "command: '\"a' | 1.yml:4: services.web.command EOF found when expecting closing quote",
        "environment: {A: true} | services.web.environment.A must be a string, number or null",
        "stop_grace_period: 1x | services.web.stop_grace_period Does not match format 'duration'",
        "ports: [x] | 1.yml:4: services.web.ports.0 Does not match format 'ports'",
        "ports: ['80:70000'] | services.web.ports.0 Does not match format 'ports'",
        "ports: [{target: 80, x: 1}] | services.web.ports.0 Additional property x is not allowed",
        "volumes: ['aa:bb:cc:dd'] | services.web.volumes.0 invalid spec: aa:bb:cc:dd: too many colons",
        "volumes: ['aa::b'] | invalid spec: aa::b: empty section between colons",
        "volumes: [{source: a}] | services.web.volumes.0 type is required",
        "volumes: ['data:/a'] | 1.yml:4: service web: undefined volume \"data\"",
        "volumes: [{type: tmpfs, target: /a, volume: {}}] | volume options are incompatible with type tmpfs",
        "volumes: [{type: bind, target: /a}] | invalid mount config for type \"bind\": field Source must not be empty",
        "networks: [front] | 1.yml:4: service web: undefined network \"front\"",
        "secrets: [key] | 1.yml:4: service web: undefined secret \"key\"",
        "configs: [page] | 1.yml:4: service web: undefined config \"page\"",
        "env_file: none.env | 1.yml:4: open /stack/none.env: no such file or directory",
        "env_file: one.env | variable 'B ' contains whitespaces",
        "healthcheck: {test: a, disable: true} | test and disable can't be set at the same time",
        "ulimits: {nofile: {soft: 1}} | services.web.ulimits.nofile soft and hard are required",
        "deploy: {replicas: -1} | services.web.deploy.replicas must be 0 or more, and is -1",
        "deploy: {mode: some} | 1.yml:4: service web: Unknown mode: some",
        "deploy: {mode: global, replicas: 1} | replicas can only be used with replicated or replicated-job mode",
        "deploy: {resources: {limits: {cpus: x}}} | invalid argument \"x\"",
        "deploy: {resources: {limits: {memory: x}}} | deploy.resources.limits.memory invalid size: 'x'",
        "deploy: {update_config: {order: x}} | order must be one of the following: \"start-first\", \"stop-first\"",
        "restart: sometimes | 1.yml:4: service web: unknown restart policy: sometimes",
        "extends: a | 1.yml:4: Compose file contains unsupported options:",
        "hostname: ${ | 1.yml:4: invalid interpolation format for services.web.hostname: \"${\"; you may need to escape any $ with another $",
        "hostname: ${A:?no a} | services.web.hostname: required variable A is missing a value: no a",
        "tty: ${TAG} | error while interpolating services.web.tty: failed to cast to expected type: invalid boolean: 3",
        "depends_on: {db: {condition: service_healthy}} | 1.yml:4: service web: undefined service \"db\"",
        "depends_on: {web: {condition: healthy}} | must be one of the following: \"service_completed_successfully\"",
        "depends_on: {web: {restart: true}} | is not supported",
        "image: b | 1.yml:4: mapping key \"image\" already defined at line 3",
        "hostname: *a | 1.yml:4: unknown anchor 'a' referenced",
        "x-a: &a [*a] | 1.yml:4: anchor 'a' value contains itself",
        "hostname: !!set {} | 1.yml:4: services.web.hostname must be a string",
        "hostname: !java.net.URL x | 1.yml:4: the tag !java.net.URL has no meaning here",
        "hostname: [ | 1.yml:",
      })
  void in_a_service(String line, String message) {
    assertThatThrownBy(() -> Files.stack(HEAD + "    " + line + "\n"))
        .isInstanceOf(ComposeException.class)
        .hasMessageContaining(message)
        .hasMessageStartingWith("1.yml:");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[] | 1.yml:1: top-level object must be a mapping",
        "`` | top-level object must be a mapping",
        "a: 1 | 1.yml:1: (root) Additional property a is not allowed",
        "services: {web: 1} | services.web must be a mapping",
        "version: 2.4 | 1.yml:1: unsupported Compose file version: 2.4",
        "services: {web: {}} | invalid image reference for service web: no image specified",
        "services: {web: {image: 'a:'}} | invalid image reference for service web",
        "services: {'a b': {image: a}} | services Additional property a b is not allowed",
        "secrets: {a: {file: none}} | 1.yml:1: open /stack/none: no such file or directory",
        "secrets: {a: {driver: d, file: none}} | secret.driver and secret.file conflict",
        "volumes: {a: {external: true, driver: b}} | conflicting parameters \"external\" and \"driver\" specified for volume \"a\"",
        "networks: {a: {name: b, external: {name: c}}} | network.external.name and network.name conflict",
        "networks: {a: {x: 1}} | networks.a Additional property x is not allowed",
      })
  void elsewhere(String text, String message) {
    assertThatThrownBy(() -> Files.stack(text))
        .isInstanceOf(ComposeException.class)
        .hasMessageContaining(message);
  }

  @Test
  void the_file_that_is_wrong_is_named() {
    assertThatThrownBy(() -> Files.stack(HEAD, "services:\n  web:\n\n    tty: 1\n"))
        .hasMessage("2.yml:4: services.web.tty must be a boolean");
    assertThatThrownBy(() -> Files.stack("version: '3.8'\n", "version: '3.9'\n"))
        .hasMessageContaining("version mismatched between two composefiles : 3.8 and 3.9");
  }

  @Test
  void what_small_files_grow_into_is_bounded() {
    var laughs = new StringBuilder("x-0: &a0 [1,1,1,1,1,1,1,1,1,1]\n");
    for (int i = 1; i < 10; i++) {
      String before = "*a" + (i - 1);
      laughs.append("x-" + i + ": &a" + i + " [" + (before + ",").repeat(9) + before + "]\n");
    }
    assertThatThrownBy(() -> Files.load(laughs.toString()))
        .hasMessageContaining("the file has more than 200000 values, aliases written out");
    assertThatThrownBy(() -> Files.load("x-a: " + "[".repeat(50_000)))
        .hasMessageContaining("nested more than 100 levels deep");
    var chain = new StringBuilder("x-0: &a0 [1]\n");
    for (int i = 1; i < 2_000; i++) {
      chain.append("x-" + i + ": &a" + i + " [*a" + (i - 1) + "]\n");
    }
    assertThatThrownBy(() -> Files.load(chain.toString()))
        .hasMessageContaining("nested more than 100 levels deep");
    assertThatThrownBy(() -> Files.load("#".repeat(YamlReader.MAX_CHARACTERS + 1)))
        .hasMessageContaining("are more than a Compose file may have");
  }

  @Test
  void what_counts_for_nothing_is_told() throws Exception {
    ComposeFile file =
        Files.load(HEAD + "    build: .\n    restart: always\n    container_name: a\n");
    assertThat(file.warnings())
        .containsExactly(
            "Ignoring unsupported options: build, restart\n",
            """
            Ignoring deprecated options:

            container_name: Setting the container name is not supported.
            """);
  }
}
