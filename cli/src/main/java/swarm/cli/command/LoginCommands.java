package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Json;
import swarm.cli.client.Target;
import swarm.cli.spec.InvalidValueException;

/// `swarm login` and `logout`: credentials are checked by the daemon, and kept where the `docker`
/// command keeps its own.
public final class LoginCommands {
  private LoginCommands() {}

  public static CommandSpec login() {
    return Cmd.named("login", "Authenticate to a registry")
        .arguments("[SERVER]", 0, 1)
        .text("-p --password", "string", "Password or Personal Access Token (PAT)")
        .flag("--password-stdin", "Take the Password or Personal Access Token (PAT) from stdin")
        .text("-u --username", "string", "Username")
        .example("swarm login --username me --password-stdin registry.example < password-file")
        .runs(LoginCommands::login);
  }

  private static int login(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    String server = CredentialStore.key(first(call));
    CredentialStore store = CredentialStore.of(call.environment());
    ObjectNode auth = given(call, server);
    if (!auth.has("username")) {
      ObjectNode kept = store.get(server);
      if (kept.has("username") || kept.has("identitytoken")) {
        call.out().println("Authenticating with existing credentials...");
        return checked(call, store, server, kept);
      }
      ask(call, auth);
    }
    return checked(call, store, server, auth);
  }

  private static String first(Invocation call) {
    return call.arguments().isEmpty() ? "" : call.arguments().getFirst();
  }

  private static ObjectNode given(Invocation call, String server)
      throws IOException, InvalidValueException {
    boolean stdin = call.flag("--password-stdin");
    String user = call.text("--username");
    if (call.given("--password")) {
      call.err()
          .println("WARNING! Using --password via the CLI is insecure. Use --password-stdin.");
      if (stdin) {
        throw new InvalidValueException("--password and --password-stdin are mutually exclusive");
      }
    }
    if (stdin && user.isEmpty()) {
      throw new InvalidValueException("Must provide --username with --password-stdin");
    }
    ObjectNode auth = Json.object().put("serveraddress", server);
    if (user.isEmpty()) {
      return auth;
    }
    auth.put("username", user);
    if (stdin) {
      String text = new String(call.terminal().in().readAllBytes(), StandardCharsets.UTF_8);
      return auth.put("password", text.replaceFirst("\\r?\\n$", ""));
    }
    if (call.given("--password")) {
      return auth.put("password", call.text("--password"));
    }
    return auth.put("password", secret(call));
  }

  private static void ask(Invocation call, ObjectNode auth)
      throws IOException, InvalidValueException {
    interactive(call);
    call.print("Username: ");
    call.terminal().flush();
    String user = line(call);
    if (user.isEmpty()) {
      throw new InvalidValueException("Error: Non-null Username Required");
    }
    auth.put("username", user).put("password", secret(call));
  }

  private static void interactive(Invocation call) throws InvalidValueException {
    if (!call.terminal().inputIsTerminal()) {
      throw new InvalidValueException(
          "Error: Cannot perform an interactive login from a non TTY device");
    }
  }

  private static String secret(Invocation call) throws IOException, InvalidValueException {
    interactive(call);
    call.print("Password: ");
    call.terminal().flush();
    String password;
    try (Tty _ = Tty.silent()) {
      password = line(call);
    }
    call.out().println();
    if (password.isEmpty()) {
      throw new InvalidValueException("Error: Password Required");
    }
    return password;
  }

  private static String line(Invocation call) throws IOException {
    var reader =
        new BufferedReader(new InputStreamReader(call.terminal().in(), StandardCharsets.UTF_8), 1);
    String line = reader.readLine();
    return line == null ? "" : line.strip();
  }

  private static int checked(Invocation call, CredentialStore store, String server, ObjectNode auth)
      throws IOException, DaemonException {
    JsonNode answer = call.api().post(Target.of("/auth"), auth);
    String token = answer.path("IdentityToken").asText("");
    if (!token.isEmpty()) {
      auth.put("identitytoken", token);
      auth.remove("password");
    }
    if (store.isPlain(server)) {
      call.err()
          .println(
              "\nWARNING! Your credentials are stored unencrypted in '"
                  + store.file()
                  + "'.\nConfigure a credential helper to remove this warning. See\n"
                  + "https://docs.docker.com/go/credential-store/\n");
    }
    store.put(server, auth);
    call.out().println(answer.path("Status").asText());
    return 0;
  }

  public static CommandSpec logout() {
    return Cmd.named("logout", "Log out from a registry")
        .arguments("[SERVER]", 0, 1)
        .example("swarm logout registry.example")
        .runs(
            call -> {
              String server = CredentialStore.key(first(call));
              CredentialStore store = CredentialStore.of(call.environment());
              call.out()
                  .println(
                      store.erase(server)
                          ? "Removing login credentials for " + server
                          : "Not logged in to " + server);
              return 0;
            });
  }
}
