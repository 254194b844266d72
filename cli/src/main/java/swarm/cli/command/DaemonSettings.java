package swarm.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ParseResult;
import swarm.cli.client.Endpoint;

/// The daemon's options: the command line's, else the configuration file's, else the usual ones.
record DaemonSettings(
    Path dataRoot,
    Path execRoot,
    List<Path> sockets,
    List<String> addresses,
    Optional<TlsFiles> tls,
    Optional<Path> pidFile,
    String cgroupParent,
    List<String> runtimes,
    List<String> insecureRegistries,
    List<String> mirrors,
    List<String> labels,
    List<String> genericResources,
    boolean rehearse,
    boolean manageFirewall,
    String logLevel,
    String logFormat) {

  /// PEM files for the API over TCP.
  ///
  /// @param authority who signs clients' certificates
  /// @param certificate the daemon's own
  /// @param key its private key
  record TlsFiles(Path authority, Path certificate, Path key) {}

  static final List<String> LOG_LEVELS = List.of("trace", "debug", "info", "warn", "error");
  private static final List<String> LOG_FORMATS = List.of("text", "json");
  private static final String USUAL_FILE = "/etc/swarm/daemon.json";
  private static final String UNIX = "unix://";
  private static final String TCP = "tcp://";

  /// @throws IOException with a sentence about the first setting that cannot be meant
  static DaemonSettings read(ParseResult options) throws IOException {
    ConfigFile file = file(options.matchedOptionValue("--config-file", ""));
    String parent = text(options, file, "--cgroup-parent", "/swarm");
    if (!parent.startsWith("/")) {
      throw new IOException("--cgroup-parent " + parent + " must begin with /");
    }
    String pid = text(options, file, "--pidfile", "");
    List<String> hosts = list(options, file, "--host", "hosts");
    List<String> addresses = hosts.stream().filter(host -> host.startsWith(TCP)).toList();
    return new DaemonSettings(
        Path.of(text(options, file, "--data-root", "/var/lib/swarm")).toAbsolutePath(),
        Path.of(text(options, file, "--exec-root", "/run/swarm")).toAbsolutePath(),
        sockets(hosts),
        addresses,
        addresses.isEmpty() ? Optional.empty() : Optional.of(tls(options, file)),
        pid.isEmpty() ? Optional.empty() : Optional.of(Path.of(pid)),
        parent,
        list(options, file, "--runtime", "runtimes"),
        list(options, file, "--insecure-registry", "insecure-registries"),
        list(options, file, "--registry-mirror", "registry-mirrors"),
        list(options, file, "--label", "labels"),
        list(options, file, "--node-generic-resource", "node-generic-resources"),
        toggle(options, file, "--rehearse", true),
        toggle(options, file, "--manage-firewall", false),
        oneOf(LOG_LEVELS, "--log-level", text(options, file, "--log-level", "info")),
        oneOf(LOG_FORMATS, "--log-format", text(options, file, "--log-format", "text")));
  }

  private static ConfigFile file(String asked) throws IOException {
    Path path = Path.of(asked.isEmpty() ? USUAL_FILE : asked);
    if (Files.isDirectory(path)) {
      throw new IOException("--config-file " + path + " is a folder, not a file");
    }
    if (Files.exists(path)) {
      return ConfigFile.parse(path.toString(), Files.readString(path));
    }
    if (!asked.isEmpty()) {
      throw new IOException("--config-file " + asked + " does not exist");
    }
    return ConfigFile.EMPTY;
  }

  private static List<Path> sockets(List<String> hosts) throws IOException {
    var all = new ArrayList<Path>();
    for (String host : hosts.isEmpty() ? List.of(Endpoint.USUAL) : hosts) {
      if (host.startsWith(TCP)) {
        continue;
      }
      if (!host.startsWith(UNIX + "/")) {
        throw new IOException("--host " + host + " must be unix:///PATH or tcp://ADDRESS:PORT");
      }
      Path socket = Path.of(host.substring(UNIX.length()));
      Path folder = socket.getParent();
      if (!host.equals(Endpoint.USUAL) && folder != null && !Files.isDirectory(folder)) {
        throw new IOException(
            "--host " + host + ": there is no folder " + folder + "; make it, or name another");
      }
      all.add(socket);
    }
    return all;
  }

  /// Over TCP only with certificates of both sides: whoever may use the API is as good as root.
  private static TlsFiles tls(ParseResult options, ConfigFile file) throws IOException {
    if (!toggle(options, file, "--tlsverify", true)) {
      throw new IOException(
          "tlsverify cannot be false: the API is not served over TCP without mutual TLS");
    }
    return new TlsFiles(
        needed(options, file, "--tlscacert"),
        needed(options, file, "--tlscert"),
        needed(options, file, "--tlskey"));
  }

  private static Path needed(ParseResult options, ConfigFile file, String name) throws IOException {
    String value = text(options, file, name, "");
    if (value.isEmpty()) {
      throw new IOException(
          "--host tcp://... needs --tlscacert, --tlscert and --tlskey: the API is not served over"
              + " TCP without mutual TLS; "
              + name
              + " is missing");
    }
    return Path.of(value).toAbsolutePath();
  }

  private static String oneOf(List<String> allowed, String name, String value) throws IOException {
    if (!allowed.contains(value)) {
      throw new IOException(
          name
              + " must be "
              + String.join(", ", allowed.subList(0, allowed.size() - 1))
              + " or "
              + allowed.getLast()
              + ", not '"
              + value
              + "'");
    }
    return value;
  }

  private static String text(ParseResult options, ConfigFile file, String name, String usual) {
    return options.matchedOptionValue(
        name, file.texts().getOrDefault(name.substring("--".length()), usual));
  }

  private static boolean toggle(ParseResult options, ConfigFile file, String name, boolean usual) {
    return options.matchedOptionValue(
        name, file.switches().getOrDefault(name.substring("--".length()), usual));
  }

  private static List<String> list(ParseResult options, ConfigFile file, String name, String key) {
    List<String> given = options.matchedOptionValue(name, List.of());
    return given.isEmpty() ? file.lists().getOrDefault(key, List.of()) : given;
  }
}
