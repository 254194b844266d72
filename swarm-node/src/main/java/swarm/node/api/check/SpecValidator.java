package swarm.node.api.check;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import swarm.node.api.error.ApiException;
import swarm.scheduler.model.AdditionLabels;
import swarm.scheduler.model.EndpointSpec;
import swarm.scheduler.model.NetworkTarget;
import swarm.scheduler.model.PortConfig;
import swarm.scheduler.model.ServiceMode;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.UpdateConfig;

/// Checks a service's spec before it is proposed. What says something and cannot be done yet is
/// refused by name (501), wherever it could change what a task does: nothing is accepted and then
/// silently left out. Only beside them, in the spec itself, a field that nobody knows is kept and
/// ignored, as Docker does.
public final class SpecValidator {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9]+(?:[a-zA-Z0-9-_]*[a-zA-Z0-9])?");
  private static final int MAX_NAME = 63;
  private static final int MAX_REPLICAS = 100_000;

  private SpecValidator() {}

  /// @throws ApiException 400 for what is wrong, 501 for what cannot be done yet
  public static void check(ServiceSpec spec) throws ApiException {
    String name = spec.nameOrEmpty();
    if (name.length() > MAX_NAME || !NAME.matcher(name).matches()) { // long ones match slowly
      throw Refusals.invalid(
          "name must be valid as a DNS name component: '"
              + name
              + "' needs 1 to "
              + MAX_NAME
              + " letters, digits, '-' or '_', beginning and ending with a letter or digit");
    }
    checkMode(spec);
    TaskValidator.check(spec.template(), spec);
    checkUpdate("UpdateConfig", spec.updateConfig());
    checkUpdate("RollbackConfig", spec.rollbackConfig());
    for (NetworkTarget target : spec.networksOrNone()) {
      Refusals.unknown("a service's network with ", target.other());
    }
    checkPorts(spec);
    checkLabels(spec);
  }

  /// Those that are settings of ours.
  private static void checkLabels(ServiceSpec spec) throws ApiException {
    List<String> problems = AdditionLabels.parse(spec).problems();
    if (!problems.isEmpty()) {
      throw Refusals.invalid(problems.getFirst());
    }
    SettingLabels.checkService(spec.labels());
  }

  private static void checkMode(ServiceSpec spec) throws ApiException {
    ServiceMode mode = spec.mode();
    if (mode == null) {
      return;
    }
    long modes =
        Stream.of(mode.replicated(), mode.global(), mode.replicatedJob(), mode.globalJob())
            .filter(Objects::nonNull)
            .count();
    if (modes > 1) {
      throw Refusals.invalid(
          "must specify only one service mode: Replicated, Global, ReplicatedJob or GlobalJob");
    }
    Refusals.unknown("a service's mode ", mode.other());
    checkJob(spec, mode);
    if (mode.replicated() != null) {
      Refusals.unknown("a replicated service's ", mode.replicated().other());
    }
    var replicated = mode.replicated();
    if (replicated != null && replicated.replicas() != null) {
      long replicas = replicated.replicas();
      if (replicas < 0 || replicas > MAX_REPLICAS) {
        throw Refusals.invalid("replicas must be from 0 to " + MAX_REPLICAS + ", not " + replicas);
      }
    }
  }

  /// In swarmkit's words, who says nothing of ways back: nothing would heed them, either.
  private static void checkJob(ServiceSpec spec, ServiceMode mode) throws ApiException {
    if (!spec.job()) {
      return;
    }
    Refusals.unknown("a global job's ", mode.globalJob());
    var job = mode.replicatedJob();
    if (job != null) {
      Refusals.unknown("a replicated job's ", job.other());
      checkNumber("Maximum concurrent jobs", job.maxConcurrent());
      checkNumber("Total completed jobs", job.totalCompletions());
    }
    if (spec.updateConfig() != null) {
      throw Refusals.invalid("Jobs may not have an update config");
    }
    if (spec.rollbackConfig() != null) {
      throw Refusals.invalid("Jobs may not have a rollback config");
    }
  }

  private static void checkNumber(String what, @Nullable Long number) throws ApiException {
    if (number != null && number < 0) {
      throw Refusals.invalid(what + " must not be negative: " + number);
    }
    if (number != null && number > MAX_REPLICAS) {
      throw Refusals.invalid(what + " must be from 0 to " + MAX_REPLICAS + ", not " + number);
    }
  }

  private static void checkUpdate(String which, @Nullable UpdateConfig update) throws ApiException {
    if (update == null) {
      return;
    }
    Refusals.unknown(which + "'s ", update.other());
    if (update.order() != null
        && !Set.of("", "stop-first", "start-first").contains(update.order())) {
      throw Refusals.invalid(
          which + ": order must be stop-first or start-first, not '" + update.order() + "'");
    }
    if (update.failureAction() != null
        && !Set.of("", "pause", "continue", "rollback").contains(update.failureAction())) {
      throw Refusals.invalid(
          which
              + ": failure action must be pause, continue or rollback, not '"
              + update.failureAction()
              + "'");
    }
    if ((update.parallelism() != null && update.parallelism() < 0)
        || (update.delay() != null && update.delay() < 0)
        || (update.monitor() != null && update.monitor() < 0)) {
      throw Refusals.invalid(which + ": parallelism, delay and monitor cannot be negative");
    }
    Double ratio = update.maxFailureRatio();
    if (ratio != null && (ratio < 0 || ratio > 1)) {
      throw Refusals.invalid(
          which + ": the maximum failure ratio must be from 0 to 1, not " + ratio);
    }
  }

  private static void checkPorts(ServiceSpec spec) throws ApiException {
    EndpointSpec endpoint = spec.endpointSpec();
    String mode = endpoint == null ? null : endpoint.mode();
    if (mode != null && !Set.of("", "vip", "dnsrr").contains(mode)) {
      throw Refusals.invalid("EndpointSpec: mode must be vip or dnsrr, not '" + mode + "'");
    }
    if (endpoint != null) {
      Refusals.unknown("an endpoint's ", endpoint.other());
    }
    var seen = new TreeSet<String>();
    for (PortConfig port : spec.ports()) {
      Refusals.unknown("a published port's ", port.other());
      if (port.protocolOrTcp().equals("sctp")) {
        throw ApiException.unimplemented("publishing a port of protocol 'sctp'");
      }
      if (!Set.of("tcp", "udp").contains(port.protocolOrTcp())) {
        throw Refusals.invalid(
            "a port's protocol must be tcp, udp or sctp, not '" + port.protocolOrTcp() + "'");
      }
      String publish = port.publishMode();
      if (publish != null && !Set.of("", "ingress", "host").contains(publish)) {
        throw Refusals.invalid(
            "a port's publish mode must be ingress or host, not '" + publish + "'");
      }
      if (port.target() < 1
          || port.target() > 65_535
          || port.publishedOrZero() < 0
          || port.publishedOrZero() > 65_535) {
        throw Refusals.invalid(
            "ports must be from 1 to 65535: " + port.publishedOrZero() + ":" + port.target());
      }
      if (port.ingress() && "dnsrr".equals(mode)) {
        throw Refusals.invalid(
            "EndpointSpec: port published with ingress mode can't be used with dnsrr mode");
      }
      if (port.publishedOrZero() != 0
          && !seen.add(port.protocolOrTcp() + "/" + port.publishedOrZero())) { // in any mode
        throw Refusals.invalid(
            "EndpointSpec: duplicate published ports provided: " + port.publishedOrZero());
      }
    }
  }
}
