package swarm.cli.compose;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a line of a service becomes, field by field of the specification.
class StackServiceTest {
  private static final String REST =
      """

        db: {image: b}
      networks: {front: {}, out: {external: true}, own: {name: mine}}
      volumes: {data: {labels: [a=b]}, other: {external: true}, nfs: {driver: nfs, driver_opts: {o: 1}}}
      secrets: {key: {file: key}, far: {external: true, name: there}}
      configs: {page: {file: ./page}}
      """;

  private static ObjectNode spec(String line) throws Exception {
    return service(Files.stack("services:\n  web:\n    image: a\n    " + line + REST), "x_web");
  }

  private static ObjectNode service(Stack stack, String name) {
    return Objects.requireNonNull(stack.services().get(name));
  }

  private static final String CONTAINER = "/TaskTemplate/ContainerSpec/";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "command: a \"b c\" | c:Args | [\"a\",\"b c\"]",
        "entrypoint: [a, b] | c:Command | [\"a\",\"b\"]",
        "environment: {A: 1, B: , C: x, EMPTY: , TAG: } | c:Env | [\"A=1\",\"B\",\"C=x\",\"EMPTY=\",\"TAG=3\"]",
        "environment: [TAG, 'A=1=2', NONE] | c:Env | [\"A=1=2\",\"NONE\",\"TAG=3\"]",
        "env_file: good.env | c:Env | [\"A=from a file\",\"EMPTY=\",\"TAG=3\"]",
        "hostname: h-$TAG | c:Hostname | \"h-3\"",
        "working_dir: /a | c:Dir | \"/a\"",
        "user: '1000' | c:User | \"1000\"",
        "tty: $YES | c:TTY | true",
        "init: false | c:Init | false",
        "stop_grace_period: 1m30s | c:StopGracePeriod | 90000000000",
        "stop_signal: SIGINT | c:StopSignal | \"SIGINT\"",
        "sysctls: [net.core.somaxconn=1024] | c:Sysctls | {\"net.core.somaxconn\":\"1024\"}",
        "ulimits: {nproc: 5, nofile: {soft: 1, hard: 2}} | c:Ulimits | [{\"Name\":\"nofile\",\"Hard\":2,\"Soft\":1},{\"Name\":\"nproc\",\"Hard\":5,\"Soft\":5}]",
        "extra_hosts: ['a:1.2.3.4', 'b=[::1]'] | c:Hosts | [\"1.2.3.4 a\",\"::1 b\"]",
        "extra_hosts: {b: 1.2.3.4} | c:Hosts | [\"1.2.3.4 b\"]",
        "dns: 1.1.1.1 | c:DNSConfig | {\"Nameservers\":[\"1.1.1.1\"]}",
        "cap_add: [net_admin, ALL] | c:CapabilityAdd | [\"ALL\"]",
        "cap_drop: [NET_RAW] | c:CapabilityDrop | [\"CAP_NET_RAW\"]",
        "labels: [a=b, c] | c:Labels | {\"a\":\"b\",\"c\":\"\",\"com.docker.stack.namespace\":\"x\"}",
        "healthcheck: {test: a b, interval: 5s, retries: 3} | c:Healthcheck | {\"Test\":[\"CMD-SHELL\",\"a b\"],\"Retries\":3,\"Interval\":5000000000}",
        "healthcheck: {disable: true} | c:Healthcheck | {\"Test\":[\"NONE\"]}",
        "secrets: [key, {source: far, target: t, mode: 0400}] | c:Secrets | [{\"File\":{\"Name\":\"t\",\"UID\":\"0\",\"GID\":\"0\",\"Mode\":256},\"SecretName\":\"there\"},{\"File\":{\"Name\":\"key\",\"UID\":\"0\",\"GID\":\"0\",\"Mode\":292},\"SecretName\":\"x_key\"}]",
        "configs: [{source: page, target: /p, uid: '5'}] | c:Configs | [{\"File\":{\"Name\":\"/p\",\"UID\":\"5\",\"GID\":\"0\",\"Mode\":292},\"ConfigName\":\"x_page\"}]",
        "volumes: ['/v'] | c:Mounts | [{\"Type\":\"volume\",\"Target\":\"/v\"}]",
        "volumes: ['~/a:/b:ro,rslave'] | c:Mounts | [{\"Type\":\"bind\",\"Source\":\"/home/me/a\",\"Target\":\"/b\",\"ReadOnly\":true,\"BindOptions\":{\"Propagation\":\"rslave\"}}]",
        "volumes: ['./a:/b'] | c:Mounts/0/Source | \"/stack/a\"",
        "volumes: ['data:/b:nocopy'] | c:Mounts | [{\"Type\":\"volume\",\"Source\":\"x_data\",\"Target\":\"/b\",\"VolumeOptions\":{\"NoCopy\":true,\"Labels\":{\"a\":\"b\",\"com.docker.stack.namespace\":\"x\"}}}]",
        "volumes: ['other:/b'] | c:Mounts | [{\"Type\":\"volume\",\"Source\":\"other\",\"Target\":\"/b\",\"VolumeOptions\":{}}]",
        "volumes: ['nfs:/b'] | c:Mounts/0/VolumeOptions/DriverConfig | {\"Name\":\"nfs\",\"Options\":{\"o\":\"1\"}}",
        "volumes: [{type: tmpfs, target: /t, tmpfs: {size: 1024}}] | c:Mounts | [{\"Type\":\"tmpfs\",\"Target\":\"/t\",\"TmpfsOptions\":{\"SizeBytes\":1024}}]",
        "logging: {driver: d, options: {max-size: 10m, n: 3}} | /TaskTemplate/LogDriver | {\"Name\":\"d\",\"Options\":{\"max-size\":\"10m\",\"n\":\"3\"}}",
        "networks: [front] | /TaskTemplate/Networks | [{\"Target\":\"x_front\",\"Aliases\":[\"web\"]}]",
        "networks: {out: , own: {aliases: [w]}} | /TaskTemplate/Networks | [{\"Target\":\"mine\",\"Aliases\":[\"w\",\"web\"]},{\"Target\":\"out\",\"Aliases\":[\"web\"]}]",
        "tty: true | /TaskTemplate/Networks | [{\"Target\":\"x_default\",\"Aliases\":[\"web\"]}]",
        "restart: on-failure:3 | /TaskTemplate/RestartPolicy | {\"Condition\":\"on-failure\",\"MaxAttempts\":3}",
        "deploy: {restart_policy: {condition: any, delay: 1s, max_attempts: 0, window: 2s}} | /TaskTemplate/RestartPolicy | {\"Condition\":\"any\",\"MaxAttempts\":0,\"Delay\":1000000000,\"Window\":2000000000}",
        "deploy: {resources: {limits: {cpus: '0.5', memory: 50M, pids: 9}, reservations: {generic_resources: [{discrete_resource_spec: {kind: gpu, value: 2}}]}}} | /TaskTemplate/Resources | {\"Limits\":{\"NanoCPUs\":500000000,\"MemoryBytes\":52428800,\"Pids\":9},\"Reservations\":{\"GenericResources\":[{\"DiscreteResourceSpec\":{\"Kind\":\"gpu\",\"Value\":2}}]}}",
        "deploy: {placement: {constraints: [node.role==worker], preferences: [{spread: a}], max_replicas_per_node: 2}} | /TaskTemplate/Placement | {\"Constraints\":[\"node.role==worker\"],\"MaxReplicas\":2,\"Preferences\":[{\"Spread\":{\"SpreadDescriptor\":\"a\"}}]}",
        "deploy: {replicas: 0} | /Mode | {\"Replicated\":{\"Replicas\":0}}",
        "deploy: {replicas: '$N'} | /Mode | {\"Replicated\":{\"Replicas\":2}}",
        "deploy: {mode: global} | /Mode | {\"Global\":{}}",
        "deploy: {mode: replicated-job, replicas: 3} | /Mode | {\"ReplicatedJob\":{\"MaxConcurrent\":3,\"TotalCompletions\":3}}",
        "deploy: {update_config: {delay: 1s, order: start-first, max_failure_ratio: 0.3}} | /UpdateConfig | {\"Parallelism\":1,\"Delay\":1000000000,\"MaxFailureRatio\":0.3,\"Order\":\"start-first\"}",
        "deploy: {rollback_config: {parallelism: 0}} | /RollbackConfig | {\"Parallelism\":0,\"MaxFailureRatio\":0.0,\"Order\":\"\"}",
        "deploy: {labels: {swarm.priority: 5}} | /Labels | {\"swarm.priority\":\"5\",\"com.docker.stack.namespace\":\"x\",\"com.docker.stack.image\":\"a\"}",
        "deploy: {endpoint_mode: DNSRR} | /EndpointSpec | {\"Mode\":\"dnsrr\"}",
        "ports: ['8080:80', 90] | /EndpointSpec/Ports | [{\"Protocol\":\"tcp\",\"TargetPort\":90,\"PublishMode\":\"ingress\"},{\"Protocol\":\"tcp\",\"TargetPort\":80,\"PublishedPort\":8080,\"PublishMode\":\"ingress\"}]",
        "ports: [{target: 80, published: '81', mode: host}] | /EndpointSpec/Ports | [{\"TargetPort\":80,\"PublishedPort\":81,\"PublishMode\":\"host\"}]",
        "ports: ['81-82:90-91/udp'] | /EndpointSpec/Ports/1 | {\"Protocol\":\"udp\",\"TargetPort\":91,\"PublishedPort\":82,\"PublishMode\":\"ingress\"}",
        "depends_on: [db] | /Labels/swarm.depends-on | ``",
        "depends_on: {db: {condition: service_healthy}, none: {required: false}} | /Labels/swarm.depends-on | \"x_db:service_healthy\"",
      })
  void fields(String line, String pointer, String json) throws Exception {
    JsonNode found = spec(line).at(pointer.replaceFirst("^c:", CONTAINER));
    assertThat(found.isMissingNode() ? "" : found.toString()).isEqualTo(json);
  }

  @Test
  void anchors_and_merge_keys() throws Exception {
    Stack stack =
        Files.stack(
            """
            x-all: &all
              image: a:1
              environment: &env {A: 1}
            services:
              one: {<<: *all, hostname: h}
              two:
                <<: [*all, {image: c, tty: true}]
                environment: {<<: *env, B: 2, A: 3}
            """);
    assertThat(service(stack, "x_one").at(CONTAINER + "Image").asText()).isEqualTo("a:1");
    JsonNode two = service(stack, "x_two").at("/TaskTemplate/ContainerSpec");
    assertThat(two.path("Image").asText()).isEqualTo("a:1");
    assertThat(two.path("TTY").asBoolean()).isTrue();
    assertThat(two.path("Env")).hasToString("[\"A=3\",\"B=2\"]");
  }

  @Test
  void networks_secrets_and_configs() throws Exception {
    Stack stack =
        Files.stack(
            """
            services: {web: {image: a, networks: [front, out]}}
            networks:
              front: {driver_opts: {encrypted: ""}, attachable: true, ipam: {config: [{subnet: 10.9.0.0/24}]}}
              out: {external: {name: far}}
              unused: {}
            secrets: {key: {file: key, labels: [a=b]}, vault: {driver: v}, far: {external: true}}
            configs: {page: {file: page, name: "page-$TAG", template_driver: golang}}
            """);
    assertThat(stack.networks())
        .hasToString(
            "{x_front={\"Name\":\"x_front\",\"Driver\":\"overlay\",\"Labels\":{\"com.docker.stack.namespace\":\"x\"},"
                + "\"Options\":{\"encrypted\":\"\"},\"Attachable\":true,"
                + "\"IPAM\":{\"Config\":[{\"Subnet\":\"10.9.0.0/24\"}]}}}");
    assertThat(stack.external()).containsExactly("far");
    assertThat(stack.secrets())
        .hasToString(
            "{x_key={\"Name\":\"x_key\",\"Labels\":{\"a\":\"b\",\"com.docker.stack.namespace\":\"x\"},"
                + "\"Data\":\"dGhlIGtleQ==\"}, x_vault={\"Name\":\"x_vault\","
                + "\"Labels\":{\"com.docker.stack.namespace\":\"x\"},\"Driver\":{\"Name\":\"v\"}}}");
    assertThat(stack.configs())
        .hasToString(
            "{page-3={\"Name\":\"page-3\",\"Labels\":{\"com.docker.stack.namespace\":\"x\"},"
                + "\"Data\":\"dGhlIHBhZ2U=\",\"Templating\":{\"Name\":\"golang\"}}}");
  }
}
