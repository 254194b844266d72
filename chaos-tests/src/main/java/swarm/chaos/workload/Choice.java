package swarm.chaos.workload;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import swarm.chaos.check.ServiceAnswer;
import swarm.chaos.check.ServiceCall;

/// What one client asks for next: a random mix, in which updates name the version that the client
/// read last. Not thread-safe.
final class Choice {
  private static final int READS = 40;
  private static final int UPDATES = 35;
  private static final int CREATES = 16;
  // the rest removes: a service is there most of the time

  private final List<String> services;
  private final SplittableRandom random;
  private final Map<String, ServiceAnswer.Found> read = new HashMap<>();

  Choice(List<String> services, SplittableRandom random) {
    this.services = services;
    this.random = random;
  }

  /// @param value one that nobody has written or will
  ServiceCall next(String value) {
    String service = services.get(random.nextInt(services.size()));
    int dice = random.nextInt(100);
    if (dice < READS) {
      return new ServiceCall.Read(service);
    }
    if (dice < READS + UPDATES) {
      ServiceAnswer.@Nullable Found last = read.get(service);
      return last == null
          ? new ServiceCall.Read(service)
          : new ServiceCall.Update(service, last.value(), last.version(), value);
    }
    return dice < READS + UPDATES + CREATES
        ? new ServiceCall.Create(service, value)
        : new ServiceCall.Remove(service);
  }

  /// Hears what became of a call.
  void answered(ServiceCall call, ServiceAnswer answer) {
    if (answer instanceof ServiceAnswer.Found found) {
      read.put(call.service(), found);
    } else {
      read.remove(call.service()); // it is another one by now
    }
  }
}
