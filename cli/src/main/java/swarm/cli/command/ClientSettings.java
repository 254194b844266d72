package swarm.cli.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import swarm.cli.client.DaemonUnreachableException;
import swarm.cli.client.Endpoint;
import swarm.cli.client.Endpoint.TlsFiles;

/// The options before every command, and the variables that stand for them, as Docker's command has
/// them: which daemon, and with which certificates.
public final class ClientSettings {
  private static final List<String> LOG_LEVELS =
      List.of("panic", "fatal", "error", "warn", "warning", "info", "debug", "trace");

  private ClientSettings() {}

  /// Adds the options to the outermost command.
  public static void addTo(CommandSpec root) {
    root.addOption(text("--config", "string", "Location of client config files"));
    root.addOption(
        text("-c --context", "string", "Name of the context: there is only \"default\""));
    root.addOption(flag("-D --debug", "Enable debug mode: accepted, without effect"));
    root.addOption(ClientCommand.hostOption());
    root.addOption(
        text("-l --log-level", "string", "Set the logging level: accepted, without effect"));
    root.addOption(flag("--tls", "Use TLS; implied by --tlsverify"));
    root.addOption(text("--tlscacert", "string", "Trust certs signed only by this CA"));
    root.addOption(text("--tlscert", "string", "Path to TLS certificate file"));
    root.addOption(text("--tlskey", "string", "Path to TLS key file"));
    root.addOption(flag("--tlsverify", "Use TLS and verify the remote"));
  }

  private static OptionSpec text(String names, String label, String description) {
    return OptionSpec.builder(names.split(" "))
        .type(String.class)
        .arity("1")
        .paramLabel(label)
        .description(description)
        .build();
  }

  private static OptionSpec flag(String names, String description) {
    return OptionSpec.builder(names.split(" "))
        .type(boolean.class)
        .arity("0..1")
        .fallbackValue("true")
        .description(description)
        .build();
  }

  /// What is wrong with them, whatever the command; empty where nothing is.
  public static String mistake(ParseResult whole) {
    String level = whole.matchedOptionValue("--log-level", "info");
    return LOG_LEVELS.contains(level) ? "" : "Unable to parse logging level: " + level;
  }

  /// The daemon that is meant: `-H`, one after the command before one ahead of it, else
  /// `SWARM_HOST`, else `DOCKER_HOST`, else the usual one.
  static Endpoint endpoint(@Nullable ParseResult whole, Map<String, String> environment)
      throws DaemonUnreachableException {
    String asked = host(whole);
    context(whole, asked, environment);
    TlsFiles tls = tls(whole, environment);
    if (!asked.isEmpty()) {
      return Endpoint.parse(asked, "-H", tls);
    }
    for (String variable : new String[] {"SWARM_HOST", "DOCKER_HOST"}) {
      String value = environment.getOrDefault(variable, "");
      if (!value.isEmpty()) {
        return Endpoint.parse(value, variable, tls);
      }
    }
    return Endpoint.parse(Endpoint.USUAL, "-H", tls);
  }

  private static String host(@Nullable ParseResult whole) {
    String asked = "";
    ParseResult at = whole;
    while (at != null) {
      OptionSpec host = at.matchedOption("-H");
      if (host != null && !host.typeInfo().isBoolean()) {
        asked = String.valueOf(host.<Object>getValue());
      }
      at = at.hasSubcommand() ? at.subcommand() : null;
    }
    return asked;
  }

  private static void context(
      @Nullable ParseResult whole, String host, Map<String, String> environment)
      throws DaemonUnreachableException {
    String asked = whole == null ? "" : whole.matchedOptionValue("--context", "");
    if (!asked.isEmpty() && !host.isEmpty()) {
      throw new DaemonUnreachableException(
          "conflicting options: cannot specify both --host and --context");
    }
    boolean elsewhere =
        !environment.getOrDefault("SWARM_HOST", "").isEmpty()
            || !environment.getOrDefault("DOCKER_HOST", "").isEmpty();
    String named = elsewhere ? "" : environment.getOrDefault("DOCKER_CONTEXT", "");
    String context = asked.isEmpty() && host.isEmpty() ? named : asked;
    if (!context.isEmpty() && !context.equals("default")) {
      throw new DaemonUnreachableException(
          "context \""
              + context
              + "\": context not found: swarm has only \"default\"; say with -H, SWARM_HOST or"
              + " DOCKER_HOST where the daemon is");
    }
  }

  /// Null for no encryption.
  private static @Nullable TlsFiles tls(
      @Nullable ParseResult whole, Map<String, String> environment) {
    boolean verify =
        flag(whole, "--tlsverify", !environment.getOrDefault("DOCKER_TLS_VERIFY", "").isEmpty());
    boolean tls =
        verify
            || flag(whole, "--tls", !environment.getOrDefault("DOCKER_TLS", "").isEmpty())
            || (whole != null && whole.hasMatchedOption("--tlsverify"));
    if (!tls) {
      return null;
    }
    Path folder = folder(whole, environment);
    return new TlsFiles(
        verify,
        file(whole, "--tlscacert", folder.resolve("ca.pem")),
        file(whole, "--tlscert", folder.resolve("cert.pem")),
        file(whole, "--tlskey", folder.resolve("key.pem")));
  }

  private static Path folder(@Nullable ParseResult whole, Map<String, String> environment) {
    String certificates = environment.getOrDefault("DOCKER_CERT_PATH", "");
    if (!certificates.isEmpty()) {
      return Path.of(certificates);
    }
    String config =
        whole == null
            ? ""
            : whole.matchedOptionValue("--config", environment.getOrDefault("DOCKER_CONFIG", ""));
    return config.isEmpty()
        ? Path.of(environment.getOrDefault("HOME", "/")).resolve(".docker")
        : Path.of(config);
  }

  private static boolean flag(@Nullable ParseResult whole, String option, boolean usual) {
    if (whole == null || !whole.hasMatchedOption(option)) {
      return usual;
    }
    return whole.matchedOptionValue(option, true);
  }

  /// A file that was not asked for counts only where it is there.
  private static @Nullable Path file(@Nullable ParseResult whole, String option, Path usual) {
    String asked = whole == null ? "" : whole.matchedOptionValue(option, "");
    if (!asked.isEmpty()) {
      return Path.of(asked);
    }
    return Files.exists(usual) ? usual : null;
  }
}
