package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.Answer;
import swarm.cli.client.Api;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Json;
import swarm.cli.client.Target;
import swarm.cli.spec.InvalidValueException;

/// `swarm unlock`, `unlock-key`, `backup` and `restore`: ways back.
public final class RecoveryCommands {
  private static final String PASSPHRASE = "X-Swarm-Backup-Passphrase";
  private static final int COPY_BYTES = 64 * 1024;

  private RecoveryCommands() {}

  public static CommandSpec unlock() {
    return Cmd.named("unlock", "Unlock swarm")
        .example("swarm unlock < key-file")
        .runs(RecoveryCommands::unlock);
  }

  private static int unlock(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    String state = call.api().get(Target.of("/info")).at("/Swarm/LocalNodeState").asText();
    switch (state) {
      case "inactive" -> throw new InvalidValueException("this node is not part of a swarm");
      case "locked" -> {}
      default -> throw new InvalidValueException("swarm is not locked");
    }
    if (call.terminal().inputIsTerminal()) {
      call.out().print("Enter unlock key: ");
      call.terminal().flush();
    }
    call.api().post(Target.of("/swarm/unlock"), Json.object().put("UnlockKey", line(call)));
    return 0;
  }

  private static String line(Invocation call) throws IOException, InvalidValueException {
    var reader =
        new BufferedReader(new InputStreamReader(call.terminal().in(), StandardCharsets.UTF_8));
    String line = reader.readLine();
    if (line == null || line.isBlank()) {
      throw new InvalidValueException("the key is read from standard input, and there is none");
    }
    return line.strip();
  }

  public static CommandSpec unlockKey() {
    return Cmd.named("unlock-key", "Manage the unlock key")
        .flag("-q --quiet", "Only display token")
        .flag("--rotate", "Rotate unlock key")
        .example("swarm unlock-key -q")
        .runs(RecoveryCommands::unlockKey);
  }

  private static int unlockKey(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    Api api = call.api();
    if (call.flag("--rotate")) {
      JsonNode swarm = api.get(Target.of("/swarm"));
      if (!swarm.at("/Spec/EncryptionConfig/AutoLockManagers").asBoolean()) {
        throw new InvalidValueException("cannot rotate because autolock is not turned on");
      }
      api.post(
          Target.of("/swarm/update")
              .with("version", swarm.at("/Version/Index").asLong())
              .with("rotateManagerUnlockKey", "true"),
          swarm.path("Spec"));
      if (!call.flag("--quiet")) {
        call.out().println("Successfully rotated manager unlock key.\n");
      }
    }
    String key = key(call);
    if (key.isEmpty()) {
      throw new InvalidValueException("no unlock key is set");
    }
    if (call.flag("--quiet")) {
      call.out().println(key);
    } else {
      print(call, key);
    }
    return 0;
  }

  private static String key(Invocation call) throws IOException, DaemonException {
    return call.api().get(Target.of("/swarm/unlockkey")).path("UnlockKey").asText();
  }

  /// The key that is needed from now on, with what it is for.
  static void printUnlock(Invocation call) throws IOException, DaemonException {
    print(call, key(call));
  }

  private static void print(Invocation call, String key) {
    call.out()
        .println(
            "To unlock a swarm manager after it restarts, run the `swarm unlock`\n"
                + "command and provide the following key:\n\n    "
                + key
                + "\n\nRemember to store this key in a password manager, since without it you\n"
                + "will not be able to restart the manager.");
  }

  public static CommandSpec backup() {
    return Cmd.named("backup", "Write the whole state of the swarm to an encrypted file")
        .arguments("FILE", 1, 1)
        .text("--passphrase-file", "file", "File with the passphrase (a new one is made)")
        .example("swarm backup --passphrase-file secret cluster.backup")
        .runs(RecoveryCommands::backup);
  }

  private static int backup(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    Path file = target(Path.of(call.arguments().getFirst()));
    boolean own = call.given("--passphrase-file");
    String passphrase = own ? passphrase(call) : fresh();
    Path folder = file.toAbsolutePath().resolveSibling(".").normalize();
    if (!Files.isDirectory(folder)) {
      throw new InvalidValueException(
          Files.exists(folder)
              ? folder + " is no folder: the backup cannot be written into it"
              : "the folder "
                  + folder
                  + " does not exist: make it first, or write the backup elsewhere");
    }
    // one of its own: another backup may be under way to the same file
    Path unfinished =
        Files.createTempFile(
            folder,
            file.getFileName() + ".",
            ".unfinished",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    JsonNode found;
    try {
      fetch(call, unfinished, passphrase);
      found = verify(call, unfinished, passphrase);
      Files.move(
          unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      flush(file.toAbsolutePath().resolveSibling("."));
    } finally {
      Files.deleteIfExists(unfinished);
    }
    call.out()
        .println(
            "Wrote "
                + file
                + " ("
                + Files.size(file)
                + " bytes), read it again and opened it: swarm "
                + found.path("ClusterID").asText()
                + " with "
                + found.path("Services").asLong()
                + " services and "
                + found.path("Nodes").asLong()
                + " nodes.");
    if (!own) {
      call.out()
          .println(
              "\nTo restore it, run 'swarm restore' on a node that is in no swarm and give this"
                  + " passphrase:\n\n    "
                  + passphrase
                  + "\n\nStore it apart from the file: it is shown only now, and without it the"
                  + " backup is lost.\nWhoever has both has the swarm, with the key of its"
                  + " certificate authority.");
    }
    return 0;
  }

  /// What a name leads to: the file is replaced whole, and neither a link nor a device is to be
  /// replaced by one.
  private static Path target(Path named) throws IOException, InvalidValueException {
    if (!Files.exists(named)) { // also a link that leads nowhere
      if (Files.isSymbolicLink(named)) {
        throw new InvalidValueException(
            named + " is a link to what does not exist: name the file itself");
      }
      return named;
    }
    Path file = named.toRealPath();
    if (!Files.isRegularFile(file)) {
      throw new InvalidValueException(
          file + " is no regular file: name a file for the backup, new or to be replaced");
    }
    return file;
  }

  /// 160 bits.
  private static String fresh() {
    byte[] bytes = new byte[20];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static void fetch(Invocation call, Path to, String passphrase)
      throws IOException, DaemonException {
    try (Answer answer =
            call.api().stream("POST", Target.of("/swarm/backup"), header(passphrase), null);
        FileChannel out = FileChannel.open(to, StandardOpenOption.WRITE)) {
      byte[] buffer = new byte[COPY_BYTES];
      InputStream in = answer.body();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, read);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      }
      out.force(true);
    }
  }

  private static JsonNode verify(Invocation call, Path file, String passphrase)
      throws IOException, DaemonException {
    try (InputStream in = Files.newInputStream(file);
        Answer answer =
            call.api().stream(
                "POST",
                Target.of("/swarm/restore").with("verify", "true"),
                header(passphrase),
                in)) {
      return Json.parse(answer.body());
    }
  }

  private static void flush(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static Map<String, String> header(String passphrase) {
    return Map.of(
        PASSPHRASE,
        Base64.getEncoder().encodeToString(passphrase.getBytes(StandardCharsets.UTF_8)),
        "Content-Type",
        "application/octet-stream");
  }

  public static CommandSpec restore() {
    return Cmd.named("restore", "Begin a swarm again from a backup, with this node alone")
        .arguments("FILE", 1, 1)
        .text("--passphrase-file", "file", "File with the passphrase (standard input)")
        .text("--advertise-addr", "string", "Advertised address (IP or interface, :PORT)")
        .text("--listen-addr", "node-addr", "Listen address (default 0.0.0.0:2377)")
        .flag("--verify", "Only read the backup and tell what it holds")
        .example("swarm restore --passphrase-file secret cluster.backup")
        .runs(RecoveryCommands::restore);
  }

  private static int restore(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    String passphrase;
    if (call.given("--passphrase-file")) {
      passphrase = passphrase(call);
    } else {
      if (call.terminal().inputIsTerminal()) {
        call.out().print("Enter passphrase: ");
        call.terminal().flush();
      }
      passphrase = line(call);
    }
    Path file = Path.of(call.arguments().getFirst());
    try {
      if (call.flag("--verify")) {
        JsonNode found = verify(call, file, passphrase);
        call.out().println(Json.pretty(found));
        return 0;
      }
      Target target =
          Target.of("/swarm/restore")
              .with("listenAddr", call.text("--listen-addr"))
              .with("advertiseAddr", call.text("--advertise-addr"));
      try (InputStream in = Files.newInputStream(file);
          Answer answer = call.api().stream("POST", target, header(passphrase), in)) {
        String node = Json.parse(answer.body()).asText();
        call.out()
            .println(
                "Swarm restored: current node ("
                    + node
                    + ") is now its only manager.\n\nThe managers of before count no more: 'swarm"
                    + " leave --force' on each, and join again. The join tokens are the same.\n"
                    + "Workers find this manager by themselves where it has the address of one"
                    + " of before; the others join again, too.");
      }
    } catch (NoSuchFileException _) {
      throw new InvalidValueException("open " + file + ": no such file or directory");
    }
    return 0;
  }

  private static String passphrase(Invocation call) throws IOException, InvalidValueException {
    String file = call.text("--passphrase-file");
    try {
      return file.equals("-") ? line(call) : Files.readString(Path.of(file)).strip();
    } catch (NoSuchFileException _) {
      throw new InvalidValueException("open " + file + ": no such file or directory");
    }
  }
}
