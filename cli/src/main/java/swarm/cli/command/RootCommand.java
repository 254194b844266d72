package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.Api;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Target;
import swarm.cli.render.RootProgress;
import swarm.cli.spec.ClusterSettings;
import swarm.cli.spec.InvalidValueException;

/// `swarm ca`: shows the root of the cluster's certificates, or has it replaced.
public final class RootCommand {
  private static final long PAUSE_MILLIS = 200;

  private RootCommand() {}

  public static CommandSpec ca() {
    return Cmd.named("ca", "Display and rotate the root CA")
        .text("--ca-cert", "pem-file", "Root CA certificate to rotate to")
        .text("--ca-key", "pem-file", "Key of that root CA")
        .text("--cert-expiry", "duration", "Validity of node certificates (default 2160h0m0s)")
        .flag("-d --detach", "Exit immediately instead of waiting for the root rotation")
        .list("--external-ca", "external-ca", "Certificate signing endpoints")
        .flag("-q --quiet", "Suppress progress output")
        .flag("--rotate", "Rotate the swarm CA; without a certificate a new one is made")
        .example("swarm ca", "swarm ca --rotate")
        .runs(RootCommand::run);
  }

  private static int run(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    JsonNode swarm = call.api().get(Target.of("/swarm"));
    if (!call.flag("--rotate")) {
      for (String option : new String[] {"ca-cert", "ca-key", "cert-expiry", "external-ca"}) {
        if (call.given("--" + option)) {
          throw new InvalidValueException(
              "`--" + option + "` flag requires the `--rotate` flag to update the CA");
        }
      }
      return show(call, swarm);
    }
    if (call.given("--external-ca") && !call.given("--ca-cert")) {
      throw new InvalidValueException(
          "rotating to an external CA requires the `--ca-cert` flag to specify the external CA's"
              + " cert - to add an external CA with the current root CA certificate, use the"
              + " `update` command instead");
    }
    if (call.given("--ca-cert") && !call.given("--external-ca") && !call.given("--ca-key")) {
      throw new InvalidValueException(
          "the --ca-cert flag requires that a --ca-key flag and/or --external-ca flag be provided"
              + " as well");
    }
    call.api()
        .post(
            Target.of("/swarm/update").with("version", swarm.at("/Version/Index").asLong()),
            changed(call, (ObjectNode) swarm.path("Spec")));
    return call.flag("--detach") ? 0 : attach(call);
  }

  private static ObjectNode changed(Invocation call, ObjectNode spec) throws InvalidValueException {
    String certificate = call.given("--ca-cert") ? read(call, "--ca-cert") : "";
    String key = call.given("--ca-key") ? read(call, "--ca-key") : "";
    ClusterSettings.apply(spec, call);
    ObjectNode config = spec.withObject("/CAConfig");
    for (JsonNode external : config.path("ExternalCAs")) {
      if (external instanceof ObjectNode each
          && !certificate.isEmpty()
          && each.path("CACert").asText("").isEmpty()
          && call.given("--external-ca")) {
        each.put("CACert", certificate);
      }
    }
    config.put("SigningCACert", certificate).put("SigningCAKey", key);
    if (certificate.isEmpty() && key.isEmpty()) {
      config.put("ForceRotate", config.path("ForceRotate").asLong(0) + 1);
    }
    return spec;
  }

  private static String read(Invocation call, String option) throws InvalidValueException {
    String file = call.text(option);
    try {
      return Files.readString(LocalFiles.path(file), StandardCharsets.US_ASCII);
    } catch (IOException | InvalidPathException e) {
      throw new InvalidValueException(option + ": " + file + " cannot be read: " + e.getMessage());
    }
  }

  private static int show(Invocation call, JsonNode swarm) throws InvalidValueException {
    String root = swarm.at("/TLSInfo/TrustRoot").asText();
    if (root.isEmpty()) {
      throw new InvalidValueException("No CA information available");
    }
    call.out().println(root.strip());
    return 0;
  }

  private static int attach(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    call.terminal().flush();
    try (Signals.Handle _ = call.terminal().signals().onEnd(() -> leave(call))) {
      Api api = call.api();
      String last = "";
      while (true) {
        var now = RootProgress.of(api.get(Target.of("/swarm")), api.get(Target.of("/nodes")));
        if (!call.flag("--quiet") && !now.text().equals(last)) {
          last = now.text();
          boolean drawn = call.terminal().outputIsTerminal();
          call.print(drawn ? "\r\033[K" + last : last + "\n");
          call.terminal().flush();
        }
        if (now.done()) {
          if (call.flag("--quiet")) {
            return 0; // not even the root, as docker
          }
          if (call.terminal().outputIsTerminal()) {
            call.print("\n");
          }
          return show(call, api.get(Target.of("/swarm")));
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  /// Ctrl-C ends the waiting, not the rotation.
  private static int leave(Invocation call) {
    call.err().println("Operation continuing in background.");
    call.err().println("Use `swarm node ls` and `swarm ca` to check progress.");
    call.terminal().flush();
    return 0;
  }
}
