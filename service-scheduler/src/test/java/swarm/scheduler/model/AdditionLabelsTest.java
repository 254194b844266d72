package swarm.scheduler.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.scheduler.model.ServiceAdditions.Canary;
import swarm.scheduler.model.ServiceAdditions.Condition;
import swarm.scheduler.model.ServiceAdditions.Dependency;

class AdditionLabelsTest {
  /// @param labels `key=value` without `swarm.`, with `;` between them
  private static ServiceSpec spec(String mode, String labels) {
    var json = Wire.JSON.createObjectNode().put("Name", "web");
    json.putObject("Mode").putObject(mode);
    var map = new TreeMap<String, String>();
    for (String pair : labels.split(";")) {
      map.put(
          "swarm." + pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
    }
    json.set("Labels", Wire.JSON.valueToTree(map));
    var ports = json.putObject("EndpointSpec").putArray("Ports");
    ports.addObject().put("TargetPort", 80).put("PublishedPort", 8080);
    ports.addObject().put("TargetPort", 53).put("PublishedPort", 53).put("Protocol", "udp");
    ports.addObject().put("TargetPort", 81).put("PublishedPort", 81).put("PublishMode", "host");
    return Wire.JSON.convertValue(json, ServiceSpec.class);
  }

  private static ServiceAdditions read(String mode, String labels) {
    AdditionLabels.Parsed parsed = AdditionLabels.parse(spec(mode, labels));
    assertThat(parsed.problems()).isEmpty();
    assertThat(ServiceAdditions.of(spec(mode, labels))).isEqualTo(parsed.additions());
    return parsed.additions();
  }

  @Test
  void dependencies() {
    assertThat(
            read(
                    "Replicated",
                    "depends-on=db:service_healthy, migrate:service_completed_successfully,cache")
                .dependsOn())
        .containsExactly(
            new Dependency("cache", Condition.SERVICE_STARTED),
            new Dependency("db", Condition.SERVICE_HEALTHY),
            new Dependency("migrate", Condition.SERVICE_COMPLETED_SUCCESSFULLY));
  }

  @Test
  void schedules() {
    Schedule schedule =
        Objects.requireNonNull(
            read(
                    "ReplicatedJob",
                    "schedule=0 3 * * *;schedule.timezone=Europe/Berlin;schedule.overlap=queue;"
                        + "schedule.history=7;schedule.deadline=5m")
                .schedule());
    assertThat(schedule.zone().getId()).isEqualTo("Europe/Berlin");
    assertThat(schedule.overlap()).isEqualTo(Schedule.Overlap.QUEUE);
    assertThat(schedule.history()).isEqualTo(7);
    assertThat(schedule.deadline()).isEqualTo(Duration.ofMinutes(5));
    Schedule plain = Objects.requireNonNull(read("GlobalJob", "schedule=@daily").schedule());
    assertThat(plain.zone().getId()).isEqualTo("Z");
    assertThat(plain.overlap()).isEqualTo(Schedule.Overlap.SKIP);
    assertThat(plain.deadline()).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void theRest() {
    ServiceAdditions all =
        read("Replicated", "priority=-1000;rebalance=auto;canary=20%;canary.approval=manual");
    assertThat(all.priority()).isEqualTo(-1000);
    assertThat(all.rebalance()).isTrue();
    assertThat(all.canary()).isEqualTo(new Canary(20, true, true, Duration.ofMinutes(5)));
    assertThat(read("Global", "canary=3;canary.window=90s").canary())
        .isEqualTo(new Canary(3, false, false, Duration.ofSeconds(90)));
  }

  @Test
  void ofNetworks() {
    ServiceSpec spec =
        spec("Replicated", "affinity=client-ip;publish.host-ip=8080=192.0.2.7, 53/udp=10.1.2.3/8");
    ServiceAdditions all = AdditionLabels.parse(spec).additions();
    assertThat(AdditionLabels.parse(spec).problems()).isEmpty();
    assertThat(AdditionLabels.addedOfNetworks(spec)).isTrue();
    assertThat(all.affinity()).isTrue();
    assertThat(spec.ports().stream().map(port -> all.addresses(port).map(Subnet::toString)))
        .containsExactly(Optional.of("192.0.2.7/32"), Optional.of("10.0.0.0/8"), Optional.empty());
    assertThat(AdditionLabels.addedOfNetworks(spec("Replicated", "priority=1"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"20%, 5, 1", "20%, 6, 2", "1%, 1, 1", "99%, 100, 99", "3, 2, 3", "1%, 0, 1"})
  void howManyAreFirst(String amount, int all, int first) {
    Canary canary = Objects.requireNonNull(read("Replicated", "canary=" + amount).canary());
    assertThat(canary.of(all)).isEqualTo(first);
  }

  @Test
  void noneIsNone() {
    ServiceSpec none =
        Wire.JSON.convertValue(Map.of("Labels", Map.of("swarmer", "x")), ServiceSpec.class);
    assertThat(ServiceAdditions.of(none)).isSameAs(ServiceAdditions.NONE);
    ServiceSpec other = spec("Replicated", "stop-after-disconnect=1s");
    assertThat(ServiceAdditions.of(other)).isEqualTo(ServiceAdditions.NONE);
    assertThat(AdditionLabels.added(other)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Replicated    | priorty=1                | unknown label 'swarm.priorty'
          Replicated    | priority=1001            | label swarm.priority must be a number from -1000 to 1000, not '1001'
          Replicated    | priority=high            | not 'high'
          Replicated    | priority=                | not ''
          Replicated    | priority=1.5             | not '1.5'
          Replicated    | depends-on=              | label swarm.depends-on must be a list of services
          Replicated    | depends-on=db:healthy    | service_healthy
          Replicated    | depends-on=a b                   | label swarm.depends-on must be
          Replicated    | depends-on=a123456789012345678901234567890123456789012345678901234567890123 | label swarm.depends-on must be
          Replicated    | depends-on=a,a           | each once
          Replicated    | depends-on=:service_started | not ':service_started'
          Replicated    | schedule=@daily          | label swarm.schedule is for jobs: the service's mode must be replicated-job or global-job, not replicated
          ReplicatedJob | schedule=daily           | label swarm.schedule must be a cron expression such as '30 3 * * mon-fri' or @daily, not 'daily': it has 1 fields
          ReplicatedJob | schedule.overlap=skip    | label swarm.schedule.overlap needs label swarm.schedule
          ReplicatedJob | schedule=@daily;schedule.overlap=never | label swarm.schedule.overlap must be skip, queue or replace, not 'never'
          ReplicatedJob | schedule=@daily;schedule.timezone=Berlin | label swarm.schedule.timezone must be a time zone such as Europe/Berlin
          ReplicatedJob | schedule=@daily;schedule.history=101 | from 0 to 100
          ReplicatedJob | schedule=@daily;schedule.deadline=1s | label swarm.schedule.deadline must be a duration from 10s
          Replicated    | rebalance=yes            | label swarm.rebalance must be auto
          Global        | rebalance=auto           | label swarm.rebalance is for replicated services
          Replicated    | canary=0%                | label swarm.canary must be from 1% to 99%, or a number
          Replicated    | canary=100%              | not '100%'
          Replicated    | canary=half              | not 'half'
          Replicated    | canary.window=1m         | label swarm.canary.window needs label swarm.canary
          Replicated    | canary=1;canary.approval=me | label swarm.canary.approval must be manual or health
          Replicated    | canary=1;canary.window=0s | label swarm.canary.window must be a duration from 1s
          Replicated    | affinity=yes             | label swarm.affinity must be client-ip
          Replicated    | publish.host-ip=8080     | label swarm.publish.host-ip must be a list of published ports
          Replicated    | publish.host-ip=8080=10.0.0.1/33 | not '8080=10.0.0.1/33'
          Replicated    | publish.host-ip=8080=10.0.0.256 | not '8080=10.0.0.256'
          Replicated    | publish.host-ip=70000=10.0.0.1 | not '70000=10.0.0.1'
          Replicated    | publish.host-ip=8080=::1 | IPv4
          Replicated    | publish.host-ip=8080=10.0.0.1,8080/tcp=10.0.0.2 | each once
          Replicated    | publish.host-ip=8080/udp=10.0.0.1 | names port 8080/udp, which the service does not publish in mode ingress
          Replicated    | publish.host-ip=81=10.0.0.1 | names port 81/tcp, which the service does not publish in mode ingress
          ReplicatedJob | canary=1                 | label swarm.canary is for services that are updated
          """)
  void whatIsWrongIsTold(String mode, String labels, String problem) {
    ServiceSpec spec = spec(mode, labels);
    List<String> problems = AdditionLabels.parse(spec).problems();
    assertThat(problems).hasSize(1);
    assertThat(problems.getFirst()).contains(problem).hasSizeLessThan(500);
    assertThat(ServiceAdditions.of(spec)).isNotNull();
  }
}
