package swarm.node.api;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import swarm.node.api.error.ApiException;
import swarm.node.api.filter.EventFilter;
import swarm.node.api.view.VersionView;
import swarm.node.membership.Membership;
import swarm.runtime.container.HostPrograms;
import swarm.scheduler.model.Wire;

/// `/_ping`, `/version`, `/events` and what has no room of its own yet.
final class SystemRoutes {
  /// How long the event stream waits before it looks whether its client is still there.
  private static final long POLL_MILLIS = 250;

  private final Daemon daemon;

  SystemRoutes(Daemon daemon) {
    this.daemon = daemon;
  }

  void add(Router router) {
    router.add("GET", "/_ping", this::ping);
    router.add("HEAD", "/_ping", this::ping);
    router.add("GET", "/version", this::version);
    router.add("GET", "/info", new InfoRoute(daemon)::info);
    router.add("GET", "/events", this::events);
    // `docker inspect` asks for each kind in turn, and goes on only where there is no such thing
    router.add(
        "GET",
        "/plugins/{name*}/json",
        call -> {
          throw ApiException.missing("plugin \"%s\" not found".formatted(call.path("name")));
        });
    router.missing("GET", "/plugins", "plugins");
    router.missing("GET", "/plugins/{id*}", "plugins");
    router.missing("POST", "/plugins/{rest*}", "plugins");
    router.missing("PUT", "/plugins/{id*}", "plugins");
    router.missing("DELETE", "/plugins/{id*}", "plugins");
    router.add("GET", "/system/df", new DiskUsage(daemon)::df);
    router.missing("POST", "/session", "BuildKit sessions");
  }

  private void ping(Call call) throws IOException {
    call.exchange().setHeader("Cache-Control", "no-cache, no-store, must-revalidate");
    call.exchange().setHeader("Pragma", "no-cache");
    call.exchange().setHeader("Builder-Version", "1");
    Optional<Membership.Active> active = daemon.membership().active();
    call.exchange()
        .setHeader(
            "Swarm",
            active.isEmpty()
                ? "inactive"
                : "active/" + (active.get().manager().isPresent() ? "manager" : "worker"));
    call.text("OK");
  }

  static String kernel() throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
  }

  private void version(Call call) throws IOException, InterruptedException {
    HostPrograms programs = daemon.engine().programs();
    var known = new ArrayList<VersionView.Program>();
    for (Path program :
        Stream.of(programs.runtime(), programs.monitor()).flatMap(Optional::stream).toList()) {
      known.add(
          new VersionView.Program(program.getFileName().toString(), programs.version(program)));
    }
    var view =
        new VersionView(
            Version.NUMBER,
            "1." + Router.NEWEST_MINOR,
            "1." + Router.OLDEST_MINOR,
            Version.COMMIT,
            Version.buildTime(),
            System.getProperty("java.version", ""),
            daemon.description().architecture(),
            kernel(),
            known);
    call.respond(200, view.toJson());
  }

  /// From when on what is remembered is told; empty where only what comes is. Here, 0 is 1970.
  private static Optional<Instant> beginning(Call call) throws ApiException {
    boolean all = call.query("since").equals("0");
    return all ? Optional.of(Instant.EPOCH) : call.time("since");
  }

  private void events(Call call) throws IOException, ApiException, InterruptedException {
    Map<String, Set<String>> filters = call.filters();
    Optional<Instant> until = call.time("until");
    Events.Listener listener = daemon.events().listen(beginning(call));
    var gone = new AtomicBoolean();
    call.exchange().onClientGone(() -> gone.set(true));
    try (OutputStream out = call.stream("application/json")) {
      while (!gone.get() && !listener.overrun()) {
        long wait =
            until
                .map(
                    u ->
                        Math.min(
                            POLL_MILLIS, Duration.between(daemon.clock().instant(), u).toMillis()))
                .orElse(POLL_MILLIS);
        if (wait <= 0 && until.isPresent()) {
          // what is remembered up to then has still to go out
          wait = 0;
        }
        var event = listener.next(Math.max(0, wait));
        if (event.isEmpty()) {
          if (until.isPresent() && !daemon.clock().instant().isBefore(until.get())) {
            return;
          }
          continue;
        }
        boolean later = until.map(u -> Events.isAfter(event.get(), u)).orElse(false);
        if (!later && EventFilter.matches(event.get(), filters)) {
          out.write(
              (Wire.JSON.writeValueAsString(event.get()) + "\n")
                  .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
      }
    } finally {
      daemon.events().leave(listener);
    }
  }
}
