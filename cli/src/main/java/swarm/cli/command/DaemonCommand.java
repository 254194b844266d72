package swarm.cli.command;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import swarm.cli.Main;

/// `swarm daemon`.
public final class DaemonCommand implements Main.Action {
  private DaemonCommand() {}

  /// The command with its options. [ConfigFile] knows their keys in the configuration file.
  public static CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(new DaemonCommand()).name("daemon");
    spec.usageMessage()
        .description("Run this machine's daemon: container engine, manager and network in one.");
    spec.addOption(text("--data-root", "What must outlive the machine (default /var/lib/swarm)"));
    spec.addOption(text("--exec-root", "What need not: sockets, mounts (default /run/swarm)"));
    spec.addOption(
        list(
            "-H",
            "--host",
            "Where the API listens: unix:///PATH, or tcp://ADDRESS:2376 with mutual TLS (default"
                + " unix:///run/swarm/swarm.sock)"));
    spec.addOption(text("--tlscacert", "Who signs clients' certificates, for tcp://: PEM file"));
    spec.addOption(text("--tlscert", "The daemon's own certificate, for tcp://: PEM file"));
    spec.addOption(text("--tlskey", "Its private key: PEM file"));
    spec.addOption(toggle("--tlsverify", "Clients of tcp:// must show a certificate: always so"));
    spec.addOption(text("--pidfile", "Where to write the daemon's process id"));
    spec.addOption(
        text("--config-file", "JSON file with options (default /etc/swarm/daemon.json)"));
    spec.addOption(text("--cgroup-parent", "Cgroup of every container (default /swarm)"));
    spec.addOption(list("--runtime", "OCI runtimes to try, in order (default crun, runc)"));
    spec.addOption(list("--insecure-registry", "Registries that are spoken to without TLS"));
    spec.addOption(list("--registry-mirror", "Mirrors of Docker Hub"));
    spec.addOption(list("--label", "Labels of this daemon: KEY=VALUE"));
    spec.addOption(
        list("--node-generic-resource", "What else this machine has: NAME=NUMBER, or NAME=ID"));
    spec.addOption(
        toggle(
            "--rehearse",
            "While it is in no swarm, go through an init and a service once, so that the first ones"
                + " are quick: some 3 s of processor time (default true)"));
    spec.addOption(
        toggle(
            "--manage-firewall",
            "Where this host's firewall (ufw, firewalld or another of nftables) drops what swarm"
                + " accepts, keep rules in it that let it pass (default false)"));
    spec.addOption(text("--log-level", "trace, debug, info, warn or error (default info)"));
    spec.addOption(text("--log-format", "text or json (default text)"));
    spec.addOption(HelpText.option(true));
    return spec;
  }

  private static OptionSpec text(String name, String description) {
    return OptionSpec.builder(name)
        .type(String.class)
        .paramLabel("VALUE")
        .description(description)
        .build();
  }

  private static OptionSpec toggle(String name, String description) {
    return OptionSpec.builder(name)
        .type(boolean.class)
        .arity("0..1")
        .fallbackValue("true")
        .description(description)
        .build();
  }

  private static OptionSpec list(String name, String description) {
    return list(name, name, description);
  }

  private static OptionSpec list(String shortName, String name, String description) {
    String[] names = shortName.equals(name) ? new String[] {name} : new String[] {shortName, name};
    return OptionSpec.builder(names)
        .type(List.class)
        .auxiliaryTypes(String.class)
        .paramLabel("VALUE")
        .description(description)
        .build();
  }

  @Override
  public int run(ParseResult options) {
    // before anybody has a logger; the class's name alone, as its first use would be too late
    System.setProperty("java.util.logging.manager", LastingLogManager.class.getName());
    return DaemonRunner.run(options);
  }
}
