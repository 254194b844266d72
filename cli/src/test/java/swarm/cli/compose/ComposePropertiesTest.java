package swarm.cli.compose;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/// Whatever a file says, the answer is a stack or a [ComposeException] with a reason.
class ComposePropertiesTest {
  private static final List<String> KEYS =
      List.of(
          "services",
          "networks",
          "volumes",
          "secrets",
          "configs",
          "x-a",
          "version",
          "web",
          "db",
          "image",
          "ports",
          "deploy",
          "replicas",
          "environment",
          "command",
          "healthcheck",
          "test",
          "networks",
          "labels",
          "external",
          "name",
          "file",
          "depends_on",
          "condition",
          "<<",
          "ulimits",
          "logging",
          "options",
          "resources",
          "limits",
          "cpus",
          "memory",
          "mode",
          "update_config",
          "order",
          "delay",
          "extra_hosts",
          "build",
          "ipam",
          "config",
          "tmpfs");

  private static final List<String> WORDS =
      List.of(
          "a",
          "1",
          "0",
          "-1",
          "1.5",
          "true",
          "null",
          "~",
          "80:80",
          "1-2:3-4/udp",
          "[]",
          "{}",
          "*a",
          "&a x",
          "${A",
          "$TAG",
          "${N:-1}",
          "10s",
          "50M",
          "a:/b:ro",
          "./x:/y",
          "\"",
          "'a'",
          "!!int x",
          "service_healthy",
          "start-first",
          "global",
          ".nan",
          "1e400",
          "0x",
          "99999999999999999999",
          "a=b",
          "[a, a]",
          "{a: 1}",
          "[[a]]",
          "\\",
          "key",
          "page",
          "::",
          ":",
          "\u0000",
          "\uD800");

  @Property(tries = 2_000)
  void any_text(@ForAll("yaml") String text) {
    check(text);
  }

  @Property(tries = 1_000)
  void any_characters(@ForAll String text) {
    check(text);
  }

  private static void check(String text) {
    try {
      assertThat(Files.stack(text)).isNotNull();
      assertThat(Files.load(text).yaml()).startsWith("version: ");
    } catch (ComposeException e) {
      assertThat(e.reason()).isNotBlank();
    }
  }

  /// Lines of known keys and awkward values at any depth.
  @Provide
  Arbitrary<String> yaml() {
    Arbitrary<String> line =
        Arbitraries.integers()
            .between(0, 4)
            .flatMap(
                depth ->
                    Arbitraries.of(KEYS)
                        .flatMap(
                            key ->
                                Arbitraries.frequencyOf(
                                        Tuple.of(3, Arbitraries.just("")),
                                        Tuple.of(4, Arbitraries.of(WORDS)))
                                    .map(word -> "  ".repeat(depth) + key + ": " + word)));
    Arbitrary<String> head =
        Arbitraries.of("", "services:\n  web:\n    image: a\n", "services: &a\n  web:\n");
    return head.flatMap(
        first -> line.list().ofMaxSize(8).map(lines -> first + String.join("\n", lines) + "\n"));
  }
}
