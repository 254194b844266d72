package swarm.cli.compose;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// One file over another, as `docker stack config` prints it.
class MergeTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "hostname: a | hostname: b | {\"hostname\":\"b\"}",
        "tty: true | tty: false | {\"tty\":true}",
        "command: a | command: b c | {\"command\":[\"b\",\"c\"]}",
        "cap_add: [a] | cap_add: [b] | {\"cap_add\":[\"a\",\"b\"]}",
        "labels: {a: 1, b: 2} | labels: [b=3] | {\"labels\":{\"a\":\"1\",\"b\":\"3\"}}",
        "environment: [B=1] | environment: {A: 2} | {\"environment\":{\"A\":\"2\",\"B\":\"1\"}}",
        "deploy: {replicas: 2} | deploy: {replicas: 0} | {\"deploy\":{\"replicas\":0}}",
        "healthcheck: {test: a} | healthcheck: {test: b} | {\"healthcheck\":{\"test\":[\"CMD-SHELL\",\"b\"]}}",
        "logging: {driver: a, options: {x: 1}} | logging: {options: {y: 2}} | {\"logging\":{\"driver\":\"a\",\"options\":{\"x\":\"1\",\"y\":\"2\"}}}",
        "logging: {driver: a, options: {x: 1}} | logging: {driver: b} | {\"logging\":{\"driver\":\"b\"}}",
        "ports: ['53:53', '53:53/udp', 80] | ports: ['53:54'] | {\"ports\":[{\"mode\":\"ingress\",\"target\":80,\"protocol\":\"tcp\"},{\"mode\":\"ingress\",\"target\":54,\"published\":53,\"protocol\":\"tcp\"},{\"mode\":\"ingress\",\"target\":53,\"published\":53,\"protocol\":\"udp\"}]}",
        "volumes: ['bb:/x', 'aa:/y'] | volumes: ['cc:/x'] | {\"volumes\":[{\"type\":\"volume\",\"source\":\"cc\",\"target\":\"/x\"},{\"type\":\"volume\",\"source\":\"aa\",\"target\":\"/y\"}]}",
        "secrets: [a] | secrets: [{source: a, target: t}] | {\"secrets\":[{\"source\":\"a\",\"target\":\"t\"}]}",
        "networks: [a] | networks: {a: {aliases: [x]}, b: } | {\"networks\":{\"a\":{\"aliases\":[\"x\"]},\"b\":null}}",
        "ulimits: {a: {soft: 1, hard: 2}} | ulimits: {a: 3} | {\"ulimits\":{\"a\":3}}",
        "depends_on: [a] | depends_on: {b: {condition: service_healthy}} | {\"depends_on\":{\"a\":{\"condition\":\"service_started\"},\"b\":{\"condition\":\"service_healthy\"}}}",
      })
  void services(String base, String other, String merged) throws Exception {
    String head = "services:\n  web:\n    ";
    ComposeFile file = Files.load(head + base + "\n", head + other + "\n");
    assertThat(file.services().path("web")).hasToString(merged);
  }

  @Test
  void the_rest_is_replaced_as_a_whole() throws Exception {
    ComposeFile file =
        Files.load(
            "networks: {a: {driver: x, labels: {l: 1}}, b: {}}\nx-a: 1\n",
            "networks: {a: {external: true}}\nservices: {web: {image: a}}\n");
    assertThat(file.networks()).hasToString("{\"a\":{\"name\":\"a\",\"external\":true},\"b\":{}}");
    assertThat(file.yaml())
        .isEqualTo(
            """
            version: "3.13"
            services:
              web:
                image: a
            networks:
              a:
                name: a
                external: true
              b: {}
            x-a: 1
            """);
  }
}
