package swarm.scheduler.model;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.ServiceAdditions.Canary;
import swarm.scheduler.model.ServiceAdditions.Condition;
import swarm.scheduler.model.ServiceAdditions.Dependency;
import swarm.scheduler.model.ServiceAdditions.HostAddress;

/// Reads the reserved labels of a service. The only parser of them: the API refuses what it finds
/// wrong, planners go on without it. Not thread-safe; one for each service.
public final class AdditionLabels {
  private static final Set<String> KNOWN =
      new TreeSet<>(
          List.of(
              ReservedLabels.STOP_AFTER_DISCONNECT,
              ReservedLabels.DEPENDS_ON,
              ReservedLabels.SCHEDULE,
              ReservedLabels.SCHEDULE_TIMEZONE,
              ReservedLabels.SCHEDULE_OVERLAP,
              ReservedLabels.SCHEDULE_HISTORY,
              ReservedLabels.SCHEDULE_DEADLINE,
              ReservedLabels.PRIORITY,
              ReservedLabels.REBALANCE,
              ReservedLabels.CANARY,
              ReservedLabels.CANARY_APPROVAL,
              ReservedLabels.CANARY_WINDOW,
              ReservedLabels.AFFINITY,
              ReservedLabels.HOST_IP));

  /// Those that came after the others.
  private static final Set<String> OF_NETWORKS =
      new TreeSet<>(List.of(ReservedLabels.AFFINITY, ReservedLabels.HOST_IP));

  /// As long as a service's may be: it is told in what every waiting task says.
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9-_.]{0,62}");

  private static final Pattern HOST_ADDRESS =
      Pattern.compile("([0-9]{1,5})(?:/(tcp|udp|sctp))?=([0-9./]{7,18})");

  private static final int MOST_DEPENDENCIES = 50;
  private static final int MOST_PRIORITY = 1000;
  private static final int MOST_HISTORY = 100;
  private static final Duration DEADLINE = Duration.ofHours(1);
  private static final Duration LEAST_DEADLINE = Duration.ofSeconds(10);
  private static final Duration WINDOW = Duration.ofMinutes(5);
  private static final int LONGEST_SHOWN = 60;

  private final ServiceSpec spec;
  private final Map<String, String> labels;
  private final List<String> problems = new ArrayList<>();

  private AdditionLabels(ServiceSpec spec) {
    this.spec = spec;
    this.labels = new TreeMap<>();
    spec.labelsOrEmpty()
        .forEach(
            (label, value) -> {
              if (label.startsWith(ReservedLabels.PREFIX)) {
                labels.put(label, value == null ? "" : value);
              }
            });
  }

  /// What labels say.
  ///
  /// @param problems each names label, value and what is allowed; empty where all can be read
  public record Parsed(ServiceAdditions additions, List<String> problems) {}

  /// Whether there is anything to read.
  static boolean any(ServiceSpec spec) {
    for (String label : spec.labelsOrEmpty().keySet()) {
      if (label.startsWith(ReservedLabels.PREFIX)) {
        return true;
      }
    }
    return false;
  }

  /// Whether a service asks for anything that builds before these additions do not know.
  public static boolean added(ServiceSpec spec) {
    for (String label : spec.labelsOrEmpty().keySet()) {
      if (KNOWN.contains(label) && !label.equals(ReservedLabels.STOP_AFTER_DISCONNECT)) {
        return true;
      }
    }
    return false;
  }

  /// Whether it asks for anything of its network that builds before these two do not know.
  public static boolean addedOfNetworks(ServiceSpec spec) {
    for (String label : spec.labelsOrEmpty().keySet()) {
      if (OF_NETWORKS.contains(label)) {
        return true;
      }
    }
    return false;
  }

  /// Reads all of them.
  public static Parsed parse(ServiceSpec spec) {
    var from = new AdditionLabels(spec);
    from.unknown();
    var additions =
        new ServiceAdditions(
            from.dependsOn(),
            from.schedule(),
            from.priority(),
            from.rebalance(),
            from.canary(),
            from.affinity(),
            from.hostAddresses());
    return new Parsed(additions, from.problems);
  }

  private void unknown() {
    for (String label : labels.keySet()) {
      if (!KNOWN.contains(label)) {
        problems.add(
            "unknown label '"
                + shown(label)
                + "': labels that begin with "
                + ReservedLabels.PREFIX
                + " are settings, and there are these: "
                + String.join(", ", KNOWN));
      }
    }
  }

  private void wrong(String label, String allowed) {
    problems.add(
        "label " + label + " must be " + allowed + ", not '" + shown(labels.get(label)) + "'");
  }

  private static String shown(@Nullable String text) {
    String all = text == null ? "" : text;
    return all.length() > LONGEST_SHOWN ? all.substring(0, LONGEST_SHOWN) + "..." : all;
  }

  private List<Dependency> dependsOn() {
    String text = labels.get(ReservedLabels.DEPENDS_ON);
    if (text == null) {
      return List.of();
    }
    var all = new TreeMap<String, Dependency>();
    for (String part : text.split(",", -1)) {
      Optional<Dependency> one = dependency(part.strip());
      if (one.isEmpty() || all.put(one.get().service(), one.get()) != null) {
        wrong(
            ReservedLabels.DEPENDS_ON,
            "a list of services, each once, as in 'db:service_healthy,migrate:"
                + "service_completed_successfully,cache:service_started'");
        return List.of();
      }
    }
    if (all.size() > MOST_DEPENDENCIES) {
      wrong(ReservedLabels.DEPENDS_ON, "a list of at most " + MOST_DEPENDENCIES + " services");
      return List.of();
    }
    return List.of(all.values().toArray(Dependency[]::new));
  }

  private static Optional<Dependency> dependency(String text) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    String condition = colon < 0 ? "service_started" : text.substring(colon + 1);
    for (Condition each : Condition.values()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(condition) && NAME.matcher(name).matches()) {
        return Optional.of(new Dependency(name, each));
      }
    }
    return Optional.empty();
  }

  private @Nullable Schedule schedule() {
    String text = labels.get(ReservedLabels.SCHEDULE);
    if (text == null) {
      for (String label : labels.keySet()) {
        if (label.startsWith(ReservedLabels.SCHEDULE + ".") && KNOWN.contains(label)) {
          problems.add("label " + label + " needs label " + ReservedLabels.SCHEDULE);
        }
      }
      return null;
    }
    if (!spec.job()) {
      problems.add(
          "label "
              + ReservedLabels.SCHEDULE
              + " is for jobs: the service's mode must be replicated-job or global-job, not "
              + spec.modeName());
      return null;
    }
    if (text.equals(ReservedLabels.NEVER)) {
      return null;
    }
    CronExpression.Parsed cron = CronExpression.parse(text);
    if (cron.expression().isEmpty()) {
      problems.add(
          "label "
              + ReservedLabels.SCHEDULE
              + " must be a cron expression such as '30 3 * * mon-fri' or @daily, not '"
              + shown(text)
              + "': "
              + cron.problem());
      return null;
    }
    return new Schedule(cron.expression().get(), zone(), overlap(), history(), deadline());
  }

  private ZoneId zone() {
    String text = labels.get(ReservedLabels.SCHEDULE_TIMEZONE);
    if (text == null) {
      return ZoneOffset.UTC;
    }
    try {
      return ZoneId.of(text);
    } catch (DateTimeException _) {
      wrong(ReservedLabels.SCHEDULE_TIMEZONE, "a time zone such as Europe/Berlin, UTC or +02:00");
      return ZoneOffset.UTC;
    }
  }

  private Schedule.Overlap overlap() {
    String text = labels.get(ReservedLabels.SCHEDULE_OVERLAP);
    for (Schedule.Overlap each : Schedule.Overlap.values()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(text)) {
        return each;
      }
    }
    if (text != null) {
      wrong(ReservedLabels.SCHEDULE_OVERLAP, "skip, queue or replace");
    }
    return Schedule.Overlap.SKIP;
  }

  private int history() {
    return number(ReservedLabels.SCHEDULE_HISTORY, 0, MOST_HISTORY, -1);
  }

  private Duration deadline() {
    return duration(ReservedLabels.SCHEDULE_DEADLINE, LEAST_DEADLINE, DEADLINE);
  }

  private int priority() {
    return number(ReservedLabels.PRIORITY, -MOST_PRIORITY, MOST_PRIORITY, 0);
  }

  private boolean rebalance() {
    String text = labels.get(ReservedLabels.REBALANCE);
    if (text == null) {
      return false;
    }
    if (!text.equals("auto")) {
      wrong(ReservedLabels.REBALANCE, "auto (without the label, nothing is moved by itself)");
      return false;
    }
    if (spec.global() || spec.job()) {
      problems.add(
          "label "
              + ReservedLabels.REBALANCE
              + " is for replicated services: the service's mode is "
              + spec.modeName());
      return false;
    }
    return true;
  }

  private @Nullable Canary canary() {
    String text = labels.get(ReservedLabels.CANARY);
    if (text == null) {
      for (String label : List.of(ReservedLabels.CANARY_APPROVAL, ReservedLabels.CANARY_WINDOW)) {
        if (labels.containsKey(label)) {
          problems.add("label " + label + " needs label " + ReservedLabels.CANARY);
        }
      }
      return null;
    }
    if (spec.job()) {
      problems.add(
          "label "
              + ReservedLabels.CANARY
              + " is for services that are updated: the service's mode is "
              + spec.modeName());
      return null;
    }
    boolean percent = text.endsWith("%");
    Optional<Integer> amount =
        integer(percent ? text.substring(0, text.length() - 1) : text)
            .filter(n -> n >= 1 && n <= (percent ? 99 : 100_000));
    if (amount.isEmpty()) {
      wrong(ReservedLabels.CANARY, "from 1% to 99%, or a number of tasks from 1 to 100000");
      return null;
    }
    String approval = labels.getOrDefault(ReservedLabels.CANARY_APPROVAL, "health");
    if (!approval.equals("health") && !approval.equals("manual")) {
      wrong(ReservedLabels.CANARY_APPROVAL, "manual or health");
    }
    return new Canary(
        amount.get(),
        percent,
        approval.equals("manual"),
        duration(ReservedLabels.CANARY_WINDOW, Duration.ofSeconds(1), WINDOW));
  }

  private boolean affinity() {
    String text = labels.get(ReservedLabels.AFFINITY);
    if (text == null) {
      return false;
    }
    if (!text.equals("client-ip")) {
      wrong(ReservedLabels.AFFINITY, "client-ip (without the label, each call goes to any task)");
      return false;
    }
    return true;
  }

  private List<HostAddress> hostAddresses() {
    String text = labels.get(ReservedLabels.HOST_IP);
    if (text == null) {
      return List.of();
    }
    var all = new TreeMap<String, HostAddress>();
    for (String part : text.split(",", -1)) {
      Optional<HostAddress> one = hostAddress(part.strip());
      if (one.isEmpty() || all.put(key(one.get()), one.get()) != null) {
        wrong(
            ReservedLabels.HOST_IP,
            "a list of published ports, each once, with an IPv4 address or network, as in"
                + " '8080=192.0.2.7,53/udp=10.0.0.0/8'");
        return List.of();
      }
    }
    for (HostAddress each : all.values()) {
      if (spec.ports().stream().noneMatch(each::of)) {
        problems.add(
            "label "
                + ReservedLabels.HOST_IP
                + " names port "
                + key(each)
                + ", which the service does not publish in mode ingress under this number");
      }
    }
    return List.copyOf(all.values());
  }

  private static String key(HostAddress port) {
    return port.publishedPort() + "/" + port.protocol();
  }

  private static Optional<HostAddress> hostAddress(String text) {
    Matcher parts = HOST_ADDRESS.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    int port = Integer.parseInt(parts.group(1));
    String protocol = parts.group(2) == null ? "tcp" : parts.group(2);
    String where = parts.group(3);
    return Subnet.parse(where.contains("/") ? where : where + "/32")
        .filter(_ -> port >= 1 && port <= 65_535)
        .map(addresses -> new HostAddress(port, protocol, addresses));
  }

  private int number(String label, int least, int most, int otherwise) {
    if (!labels.containsKey(label)) {
      return otherwise;
    }
    Optional<Integer> value =
        integer(labels.getOrDefault(label, "")).filter(n -> n >= least && n <= most);
    if (value.isEmpty()) {
      wrong(label, "a number from " + least + " to " + most);
    }
    return value.orElse(otherwise);
  }

  private static Optional<Integer> integer(String text) {
    return text.length() <= 7 && text.matches("-?[0-9]+")
        ? Optional.of(Integer.parseInt(text))
        : Optional.empty();
  }

  private Duration duration(String label, Duration least, Duration otherwise) {
    if (!labels.containsKey(label)) {
      return otherwise;
    }
    Optional<Duration> value =
        ReservedLabels.duration(labels.getOrDefault(label, ""))
            .filter(d -> d.compareTo(least) >= 0);
    if (value.isEmpty()) {
      wrong(label, "a duration from " + least.toSeconds() + "s to 10000h, such as 5m");
    }
    return value.orElse(otherwise);
  }
}
