package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ParseResult;
import swarm.node.Node;
import swarm.runtime.image.RegistryOptions;

/// Runs the daemon. Apart from [DaemonCommand], so that no client command loads the daemon's
/// classes.
final class DaemonRunner {
  private static final Logger LOG = LoggerFactory.getLogger(DaemonRunner.class);

  private DaemonRunner() {}

  static int run(ParseResult options) {
    DaemonSettings settings;
    try {
      settings = DaemonSettings.read(options);
    } catch (IOException e) {
      System.err.println("swarm daemon: " + e.getMessage());
      return 2;
    }
    LogSetup.configure(settings.logLevel(), settings.logFormat());
    var stop = new CountDownLatch(1);
    var ended = new CountDownLatch(1);
    var failed = new AtomicBoolean();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> shutDown(stop, ended)));
    int status;
    try {
      serve(settings, stop, failed);
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

  private static void serve(DaemonSettings settings, CountDownLatch stop, AtomicBoolean failed)
      throws IOException, InterruptedException {
    var options =
        new Node.Options(
            settings.dataRoot(),
            settings.execRoot(),
            settings.sockets(),
            settings.cgroupParent(),
            settings.runtimes(),
            new RegistryOptions(settings.insecureRegistries(), settings.mirrors()),
            error -> {
              LOG.error("a broken invariant stops this node", error);
              failed.set(true);
              stop.countDown();
            });
    try (Node _ = Node.start(options)) {
      settings.pidFile().ifPresent(DaemonRunner::writePid);
      SystemdNotify.ready();
      stop.await();
      LOG.info("stopping; containers run on");
    }
  }

  private static void shutDown(CountDownLatch stop, CountDownLatch ended) {
    stop.countDown();
    try {
      if (!ended.await(20, java.util.concurrent.TimeUnit.SECONDS)) {
        LOG.warn("the daemon did not stop cleanly within 20 s");
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

  /// The daemon's options: the command line's, else the configuration file's, else the usual ones.
  record DaemonSettings(
      Path dataRoot,
      Path execRoot,
      List<Path> sockets,
      java.util.Optional<Path> pidFile,
      String cgroupParent,
      List<String> runtimes,
      List<String> insecureRegistries,
      List<String> mirrors,
      String logLevel,
      String logFormat) {

    static DaemonSettings read(ParseResult options) throws IOException {
      JsonNode file = file(options.matchedOptionValue("--config-file", ""));
      var sockets = new ArrayList<Path>();
      for (String host : list(options, file, "--host", "hosts")) {
        if (!host.startsWith("unix://")) {
          throw new IOException("--host " + host + ": only unix:///PATH is implemented yet");
        }
        sockets.add(Path.of(host.substring("unix://".length())));
      }
      if (sockets.isEmpty()) {
        sockets.add(Node.defaultSocket());
      }
      String parent = text(options, file, "--cgroup-parent", "/swarm");
      if (!parent.startsWith("/")) {
        throw new IOException("--cgroup-parent " + parent + " must begin with /");
      }
      String pid = text(options, file, "--pidfile", "");
      String level = text(options, file, "--log-level", "info");
      if (!List.of("debug", "info", "warn", "error").contains(level)) {
        throw new IOException("--log-level must be debug, info, warn or error, not " + level);
      }
      String format = text(options, file, "--log-format", "text");
      if (!List.of("text", "json").contains(format)) {
        throw new IOException("--log-format must be text or json, not " + format);
      }
      return new DaemonSettings(
          Path.of(text(options, file, "--data-root", "/var/lib/swarm")).toAbsolutePath(),
          Path.of(text(options, file, "--exec-root", "/run/swarm")).toAbsolutePath(),
          sockets,
          pid.isEmpty() ? java.util.Optional.empty() : java.util.Optional.of(Path.of(pid)),
          parent,
          list(options, file, "--runtime", "runtimes"),
          list(options, file, "--insecure-registry", "insecure-registries"),
          list(options, file, "--registry-mirror", "registry-mirrors"),
          level,
          format);
    }

    private static JsonNode file(String asked) throws IOException {
      Path path = Path.of(asked.isEmpty() ? "/etc/swarm/daemon.json" : asked);
      if (!Files.exists(path)) {
        if (!asked.isEmpty()) {
          throw new IOException("--config-file " + asked + " does not exist");
        }
        return new ObjectMapper().createObjectNode();
      }
      try {
        return new ObjectMapper().readTree(path.toFile());
      } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
        throw new IOException(
            path
                + " is not JSON: line "
                + e.getLocation().getLineNr()
                + ": "
                + e.getOriginalMessage(),
            e);
      }
    }

    private static String text(ParseResult options, JsonNode file, String name, String usual) {
      return options.matchedOptionValue(name, file.path(name.substring(2)).asText(usual));
    }

    private static List<String> list(ParseResult options, JsonNode file, String name, String key) {
      List<String> given = options.matchedOptionValue(name, List.of());
      if (!given.isEmpty()) {
        return given;
      }
      var all = new ArrayList<String>();
      file.path(key).forEach(item -> all.add(item.asText()));
      return all;
    }
  }
}
