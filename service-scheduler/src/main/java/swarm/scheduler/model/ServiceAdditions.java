package swarm.scheduler.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a service asks for that Docker's specs have no field for, read from its reserved labels
/// ([AdditionLabels]). Pure.
///
/// @param dependsOn what must be there before its tasks start
/// @param schedule when a job runs by itself; null for one that runs at once
/// @param priority whose tasks come first where resources lack: the higher, from -1000 to 1000
/// @param rebalance whether its tasks are moved to where there are fewer, without being asked
/// @param canary which part of it an update changes first; null for none
/// @param affinity whether all calls of one caller go to the same task
/// @param hostAddresses of published ports that do not answer at every address of a host
public record ServiceAdditions(
    List<Dependency> dependsOn,
    @Nullable Schedule schedule,
    int priority,
    boolean rebalance,
    @Nullable Canary canary,
    boolean affinity,
    List<HostAddress> hostAddresses) {

  /// What must be there before the tasks of another service start.
  ///
  /// @param service its name
  public record Dependency(String service, Condition condition) {}

  /// What is waited for, named as the Compose Specification names it.
  public enum Condition {
    /// All its tasks have started.
    SERVICE_STARTED,
    /// All its tasks run, and are healthy where they have a health check, and no update of it goes
    /// on.
    SERVICE_HEALTHY,
    /// All its tasks have completed.
    SERVICE_COMPLETED_SUCCESSFULLY
  }

  /// Which part of a service an update changes first.
  ///
  /// @param amount tasks, or hundredths of all
  /// @param percent which of the two
  /// @param manual whether the user says that the update goes on; else it does by itself
  /// @param window how long the new tasks are watched at least
  public record Canary(int amount, boolean percent, boolean manual, Duration window) {
    /// How many of `all` slots are changed first: at least one.
    public int of(int all) {
      return Math.max(1, percent ? (int) (((long) all * amount + 99) / 100) : amount);
    }
  }

  /// Where a published port of the routing mesh answers.
  ///
  /// @param addresses those of each host that lie in it
  public record HostAddress(int publishedPort, String protocol, Subnet addresses) {
    /// Whether it is said of this port.
    public boolean of(PortConfig port) {
      return port.ingress()
          && port.publishedOrZero() == publishedPort
          && port.protocolOrTcp().equals(protocol);
    }
  }

  /// Of a service without any.
  public static final ServiceAdditions NONE =
      new ServiceAdditions(List.of(), null, 0, false, null, false, List.of());

  /// Where a port of the service answers; empty for everywhere.
  public Optional<Subnet> addresses(PortConfig port) {
    return hostAddresses.stream()
        .filter(each -> each.of(port))
        .map(HostAddress::addresses)
        .findFirst();
  }

  /// A service's. What an earlier build let through and nobody can read counts as not said.
  public static ServiceAdditions of(ServiceSpec spec) {
    return AdditionLabels.any(spec) ? AdditionLabels.parse(spec).additions() : NONE;
  }

  /// Whether a job waits for its time, where the label only says so: for what is decided when a
  /// command is applied, which must not follow from how a build, or its time zones, read the label.
  public static boolean scheduled(ServiceSpec spec) {
    return spec.job() && spec.labelsOrEmpty().containsKey(ReservedLabels.SCHEDULE);
  }
}
