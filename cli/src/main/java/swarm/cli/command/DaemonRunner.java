package swarm.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ParseResult;
import swarm.node.ApiTls;
import swarm.node.Node;
import swarm.runtime.fault.CrashPoints;
import swarm.runtime.image.RegistryOptions;

/// Runs the daemon. Apart from [DaemonCommand], so that no client command loads the daemon's
/// classes.
final class DaemonRunner {
  private static final Logger LOG = LoggerFactory.getLogger(DaemonRunner.class);

  /// For tests: the file that names the moment at which the daemon is to die.
  private static final String CRASH_POINT = "SWARM_TEST_CRASH_POINT_FILE";

  /// What it takes to stop the daemon alone. With [Node#HOST_SHUTDOWN_LIMIT] it is less than the
  /// unit's `TimeoutStopSec`.
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

  private DaemonRunner() {}

  static int run(ParseResult options) {
    DaemonSettings settings;
    RegistryOptions registries;
    try {
      settings = DaemonSettings.read(options);
      registries = RegistryOptions.of(settings.insecureRegistries(), settings.mirrors());
    } catch (IOException e) {
      System.err.println("swarm daemon: " + e.getMessage());
      return 2;
    }
    LogSetup.configure(settings.logLevel(), settings.logFormat());
    var stop = new CountDownLatch(1);
    var ended = new CountDownLatch(1);
    var failed = new AtomicBoolean();
    var hostGoesDown = new AtomicBoolean();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> shutDown(stop, hostGoesDown, ended)));
    int status;
    try {
      serve(settings, registries, stop, hostGoesDown, failed);
      status = failed.get() ? 1 : 0;
    } catch (IOException e) {
      LOG.error("the daemon cannot start: {}", e.getMessage());
      LOG.debug("the daemon cannot start", e);
      status = 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      status = 1;
    }
    settings.pidFile().ifPresent(DaemonRunner::removePid);
    ended.countDown();
    return status;
  }

  private static void serve(
      DaemonSettings settings,
      RegistryOptions registries,
      CountDownLatch stop,
      AtomicBoolean hostGoesDown,
      AtomicBoolean failed)
      throws IOException, InterruptedException {
    var options =
        new Node.Options(
            settings.dataRoot(),
            settings.execRoot(),
            settings.sockets(),
            settings.addresses(),
            settings.tls().map(tls -> new ApiTls(tls.authority(), tls.certificate(), tls.key())),
            settings.cgroupParent(),
            settings.runtimes(),
            registries,
            settings.labels(),
            settings.genericResources(),
            settings.rehearse(),
            settings.manageFirewall(),
            crashPoints(),
            error -> {
              LOG.error("a broken invariant stops this node", error);
              failed.set(true);
              stop.countDown();
            });
    try (Node node = Node.start(options)) {
      settings.pidFile().ifPresent(DaemonRunner::writePid);
      SystemdNotify.ready();
      stop.await();
      if (hostGoesDown.get()) {
        node.hostGoesDown();
        LOG.info("stopping with this machine; containers are stopped, too");
      } else {
        LOG.info("stopping; containers run on");
      }
    }
  }

  /// Only by the environment: no client, and no file of settings, can ask for it.
  private static CrashPoints crashPoints() {
    String file = System.getenv(CRASH_POINT);
    return file == null || file.isEmpty() ? CrashPoints.NONE : CrashPoints.namedIn(Path.of(file));
  }

  private static void shutDown(
      CountDownLatch stop, AtomicBoolean hostGoesDown, CountDownLatch ended) {
    if (ended.getCount() == 0) {
      return; // it ended by itself
    }
    Duration limit = STOP_LIMIT;
    if (SystemState.goesDown()) {
      hostGoesDown.set(true);
      limit = limit.plus(Node.HOST_SHUTDOWN_LIMIT);
    }
    stop.countDown();
    try {
      if (!ended.await(limit.toSeconds(), TimeUnit.SECONDS)) {
        LOG.warn("the daemon did not stop cleanly within {} s", limit.toSeconds());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void writePid(Path file) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      // whoever waits for the file must not read half of it
      Path fresh = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(fresh, ProcessHandle.current().pid() + "\n");
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      LOG.warn("the pid file {} cannot be written: {}", file, e.getMessage());
    }
  }

  private static void removePid(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("the pid file {} cannot be removed: {}", file, e.getMessage());
    }
  }
}
