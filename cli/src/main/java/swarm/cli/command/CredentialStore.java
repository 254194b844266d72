package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import swarm.cli.client.Json;

/// Registry credentials where the `docker` command keeps them: in its `config.json`, or in the
/// credential helper that the file names. What else the file has stays as it is.
final class CredentialStore {
  /// What Docker Hub is called in there.
  static final String HUB = "https://index.docker.io/v1/";

  /// The user name of a helper's answer whose secret is an identity token.
  private static final String TOKEN_USER = "<token>";

  private static final int HELPER_SECONDS = 60;
  private static final String NOT_FOUND = "credentials not found in native keychain";

  private final Path file;

  private CredentialStore(Path file) {
    this.file = file;
  }

  /// The user's own.
  static CredentialStore of(Map<String, String> environment) {
    String folder = environment.getOrDefault("DOCKER_CONFIG", "");
    Path home = Path.of(environment.getOrDefault("HOME", "/root"));
    return new CredentialStore(
        (folder.isEmpty() ? home.resolve(".docker") : Path.of(folder)).resolve("config.json"));
  }

  Path file() {
    return file;
  }

  /// What a registry's credentials are kept under.
  ///
  /// @param repository an image's name without its tag
  static String server(String repository) {
    int slash = repository.indexOf('/');
    String first = slash < 0 ? "" : repository.substring(0, slash);
    boolean host = first.contains(".") || first.contains(":") || first.equals("localhost");
    return host && !isHub(first) ? first : HUB;
  }

  /// The same for what a user calls a registry.
  static String key(String server) {
    String host = server.replaceFirst("^https?://", "").replaceFirst("/.*$", "");
    return host.isEmpty() || isHub(host) ? HUB : host;
  }

  private static boolean isHub(String host) {
    return host.equals("docker.io")
        || host.equals("index.docker.io")
        || host.equals("registry-1.docker.io");
  }

  private ObjectNode read() throws IOException {
    if (!Files.exists(file)) {
      return Json.object();
    }
    String text = Files.readString(file);
    JsonNode node = text.isBlank() ? Json.object() : Json.parse(text);
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new IOException(file + " must hold a JSON object");
  }

  /// The helper for a server; empty for the file itself.
  private static String helper(JsonNode config, String server) {
    String own = config.path("credHelpers").path(server).asText("");
    return own.isEmpty() ? config.path("credsStore").asText("") : own;
  }

  /// Whether what is put for a server stands in the file as it is.
  boolean isPlain(String server) throws IOException {
    return helper(read(), server).isEmpty();
  }

  /// Docker's `AuthConfig` for a server; without a user where there is none.
  ObjectNode get(String server) throws IOException {
    ObjectNode config = read();
    String helper = helper(config, server);
    ObjectNode auth = Json.object().put("serveraddress", server);
    if (!helper.isEmpty()) {
      String answer = ask(helper, "get", server, true);
      JsonNode found = answer.isEmpty() ? Json.object() : Json.parse(answer);
      String user = found.path("Username").asText("");
      String secret = found.path("Secret").asText("");
      if (user.equals(TOKEN_USER)) {
        auth.put("identitytoken", secret);
      } else if (!user.isEmpty()) {
        auth.put("username", user).put("password", secret);
      }
      return auth;
    }
    JsonNode kept = config.path("auths").path(server);
    String pair = decoded(kept.path("auth").asText(""));
    int colon = pair.indexOf(':');
    if (colon > 0) {
      auth.put("username", pair.substring(0, colon)).put("password", pair.substring(colon + 1));
    }
    for (String token : new String[] {"identitytoken", "registrytoken"}) {
      if (!kept.path(token).asText("").isEmpty()) {
        auth.put(token, kept.path(token).asText());
      }
    }
    return auth;
  }

  private String decoded(String base64) throws IOException {
    try {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8)
          .replaceFirst("\0+$", "");
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " has an \"auth\" that is not base64: log in again", e);
    }
  }

  /// The header with which the daemon is given the credentials for an image.
  Map<String, String> header(String repository) throws IOException {
    ObjectNode auth = get(server(repository));
    byte[] text = Json.text(auth).getBytes(StandardCharsets.UTF_8);
    return Map.of("X-Registry-Auth", Base64.getUrlEncoder().encodeToString(text));
  }

  /// The credentials for every registry that is known, by server.
  ObjectNode all() throws IOException {
    ObjectNode config = read();
    ObjectNode all = Json.object();
    for (String field : new String[] {"auths", "credHelpers"}) {
      for (var server : config.path(field).properties()) {
        all.set(server.getKey(), get(server.getKey()));
      }
    }
    return all;
  }

  /// Keeps credentials that a registry took.
  ///
  /// @param auth with `username`, and `identitytoken` or `password`
  void put(String server, JsonNode auth) throws IOException {
    ObjectNode config = read();
    String helper = helper(config, server);
    String token = auth.path("identitytoken").asText("");
    String user = auth.path("username").asText("");
    String password = auth.path("password").asText("");
    ObjectNode kept = Json.object();
    if (helper.isEmpty()) {
      String pair = user + ":" + (token.isEmpty() ? password : "");
      kept.put("auth", Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
      if (!token.isEmpty()) {
        kept.put("identitytoken", token);
      }
    } else {
      ObjectNode secret = Json.object().put("ServerURL", server);
      secret.put("Username", token.isEmpty() ? user : TOKEN_USER);
      secret.put("Secret", token.isEmpty() ? password : token);
      var _ = ask(helper, "store", Json.text(secret), false);
    }
    config.withObjectProperty("auths").set(server, kept);
    write(config);
  }

  /// @return whether there was something to forget
  boolean erase(String server) throws IOException {
    ObjectNode config = read();
    boolean known = config.path("auths").has(server);
    String helper = helper(config, server);
    if (!helper.isEmpty()) {
      known |= !ask(helper, "get", server, true).isEmpty();
      var _ = ask(helper, "erase", server, true);
    }
    if (config.path("auths") instanceof ObjectNode auths && auths.has(server)) {
      auths.remove(server);
      write(config);
    }
    return known;
  }

  /// The protocol of `docker-credential-NAME`: a verb, text in, text out.
  ///
  /// @param mayLack whether it is no failure that there is nothing
  private static String ask(String helper, String verb, String input, boolean mayLack)
      throws IOException {
    if (!helper.matches("[A-Za-z0-9_.-]+")) {
      throw new IOException("'" + helper + "' is no name of a credential helper");
    }
    String program = "docker-credential-" + helper;
    Process process;
    try {
      process =
          new ProcessBuilder(program, verb).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    } catch (IOException e) {
      throw new IOException(
          "error getting credentials - " + program + " cannot be run: " + e.getMessage(), e);
    }
    try (var in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String out =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    try {
      if (!process.waitFor(HELPER_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(program + " " + verb + " takes more than " + HELPER_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    if (process.exitValue() == 0) {
      return out;
    }
    if (mayLack && out.contains(NOT_FOUND)) {
      return "";
    }
    throw new IOException("error getting credentials - " + program + " " + verb + ": " + out);
  }

  private void write(ObjectNode config) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException(file + " is no file");
    }
    Files.createDirectories(folder);
    Path target = Files.exists(file) ? file.toRealPath() : file; // it may be a link
    Path fresh =
        Files.createTempFile(
            folder,
            "config",
            ".json",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(fresh, Json.pretty(config) + "\n");
      Files.move(fresh, target, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
